// Pays by the bank's MCP server: says yes to forms; prints each page's address, and waits for a line before it goes on.
import { createInterface } from "node:readline/promises";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const { MCP_URL, MCP_TOKEN, MCP_MODE, PAY } = process.env;
const lines = createInterface({ input: process.stdin });
const told = lines[Symbol.asyncIterator]();
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const client = new Client(
  { name: "unrelated", version: "1" },
  {
    capabilities: { elicitation: { form: {}, url: {} } },
    versionNegotiation: { mode: MCP_MODE === "legacy" ? "legacy" : { pin: MCP_MODE } },
  },
);
client.setRequestHandler("elicitation/create", async ({ params }) => {
  say({ asked: params.mode ?? "form", message: params.message, url: params.url });
  if (params.mode !== "url") return { action: "accept", content: { confirmed: true } };
  await told.next();
  return { action: "accept" };
});
const transport = new StreamableHTTPClientTransport(new URL(MCP_URL), {
  requestInit: { headers: { Authorization: `Bearer ${MCP_TOKEN}` } },
});
await client.connect(transport);
const { tools } = await client.listTools();
say({ tools: tools.map((each) => each.name) });
const result = await client.callTool({ name: "payment", arguments: JSON.parse(PAY) });
say({ result: result.structuredContent, failed: result.isError ?? false });
await client.close();
lines.close();
