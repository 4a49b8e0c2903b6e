"""The rail's local stand-in: other banks, as far as a bank gets to see them. Only beside a local set of servers.

POST /v1/payments (bearer, Idempotency-Key) → 201 settled or refused, 202 pending, 409
GET /v1/payments/{key} → 200, 404 `unknown_key`; GET /v1/payments?after=&limit= → the statement
  (its reader's token is good for this alone)
POST /v1/payments/{key}/bar → the payment, barred where there was none
It tells of what happens later by signed webhooks. How it behaves towards a payee is set under /admin.
"""
