"""The check of who is speaking, as it is said: what the factor is for, and that it moves no money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from domain.conversation import PaymentNews
    from domain.elicitation import ElicitationRequest

VERIFIED: Final = "VERIFIED"
UNVERIFIED: Final = "UNVERIFIED"
"""What a tool answers that was told not to begin a check."""
_SUBJECTS: Final = {"cards": "your cards"}
_TYPE_IT: Final = "Please say it or type it."
FIRST: Final = "I have to check that it's you before I can tell you that. Let's finish this first, then ask me again."
LOST: Final = "I'm no longer waiting for that. Please ask me again."
ELSEWHERE: Final = "Thank you. That was for another session of yours. To hear it here, please ask me again."


def subject(purpose: str) -> str:
    """`your cards`."""
    return _SUBJECTS.get(purpose, "that")


def code_sent(question: ElicitationRequest, phone_tail: str) -> str:
    """Asks for the one-time code, with what it is for."""
    where = f" to your phone ending in {phone_tail}" if phone_tail else ""
    first = f"Before I tell you about {subject(question.purpose)}, I have to check that it's you."
    return f"{first} I've sent a six-digit code{where}. It moves no money. {_TYPE_IT}"


def waits(question: ElicitationRequest) -> str:
    """Where it stands, for a customer who comes back or asks."""
    if question.elicitation_type == "biometric":
        return use_passkey(question)
    about = subject(question.purpose)
    return f"I'm waiting for the six-digit code that shows it's you, to tell you about {about}. {_TYPE_IT}"


def use_passkey(question: ElicitationRequest) -> str:
    """Asks for the passkey, with what it is for."""
    first = f"Before I tell you about {subject(question.purpose)}, please use your passkey on your phone."
    return f"{first} That only shows it's you and moves no money. Say cancel if that is not what you want."


def shall_i_cancel(question: ElicitationRequest) -> str:
    """A no where the factor is awaited."""
    ask = "Shall I leave it? Say yes to leave it, or give me the code."
    return f"Without the code I can't tell you about {subject(question.purpose)}. {ask}"


def left_open(question: ElicitationRequest) -> str:
    """A question of another conversation of the same customer."""
    about = f"Your question about {subject(question.purpose)} still waits for you to show that it's you."
    return f"{about} You can answer or cancel it where it is shown."


def message(question: ElicitationRequest, code: str, minutes: int) -> str:
    """What is sent: nobody who reads it out to a stranger may think that it is for nothing."""
    about = f"to show that it's you who asks about {subject(question.purpose)}. It approves no payment."
    return f"Your code is {code} {about} It is valid for {minutes} minutes. Never share it."


def thanks(told: str) -> str:
    """What was asked for, once it is known who asks."""
    return f"Thank you. {told}"


def not_shown(news: PaymentNews) -> str:
    """It ended another way: nothing is told of what was asked."""
    about = subject(news.purpose)
    if news.state == "EXPIRED":
        return f"Your time to answer is over, so I can't tell you about {about}. Ask again to get a new code."
    if news.error_code == "too_many_tries":
        return f"That was the last try. I can't tell you about {about} now."
    if news.error_code == "withdrawn":
        return f"All right. Then I can't tell you about {about}. What else can I do?"
    return f"I could not check that it's you, so I can't tell you about {about}."
