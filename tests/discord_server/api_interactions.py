"""The callback of an interaction, and the webhook that its token opens for a quarter of an hour."""

from __future__ import annotations

import time

from .command_rules import choice_problems
from .components import modal_problems
from .core import Answer, Call, Json, answers
from .errors import Problem, Refusal, invalid_form, unknown
from .exchange import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Exchange
from .exchange import Modal as Form
from .posting import edit, place, post
from .world import EPHEMERAL, LOADING, Message

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, SHOW_MODAL = 4, 5, 6, 7, 8, 9
MAX_USER_FOLLOWUPS = 5
_LEGAL = {
    COMMAND: {MESSAGE, DEFER, SHOW_MODAL},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, SHOW_MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE},
}
_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = f"{_WEBHOOK}/messages/@original"
_ONE = f"{_WEBHOOK}/messages/{{message_id}}"


@answers("POST /interactions/{interaction_id}/{interaction_token}/callback")
def callback(call: Call) -> Answer:
    """The one acknowledgement of an interaction."""
    exchange = _due(call)
    kind = call.body["type"]
    if kind not in _LEGAL[exchange.kind or 0] or (kind in {DEFER_UPDATE, UPDATE} and not exchange.message):
        detail = f"callback {kind} to an interaction of type {exchange.kind}"
        raise invalid_form(Problem(("type",), "INTERACTION_CALLBACK_TYPE", detail))
    _carry_out(call, exchange, kind)
    exchange.callback = kind
    exchange.acknowledge()
    exchange.touch()
    if call.query.get("with_response", "").lower() not in {"1", "true"}:
        return None
    return _result(call, exchange, kind)


def _due(call: Call) -> Exchange:
    """The interaction of the path, if it waits for an answer."""
    core = call.core
    exchange = core.exchanges.get(call.ids["interaction_token"])
    gone = Refusal(404, 10062, "Unknown interaction")
    if exchange is None or exchange.id != call.number("interaction_id"):
        gone.violation = "unknown interaction"
        raise gone
    waited = time.monotonic() - exchange.started
    if exchange.expired:
        pass
    elif exchange.acknowledged_after is not None:
        raise Refusal(
            400,
            40060,
            "Interaction has already been acknowledged.",
            violation="double acknowledgement",
        )
    elif waited > core.acknowledge_within:
        gone.violation = f"late acknowledgement, after {waited:.2f} s"
    else:
        return exchange
    raise gone


def _carry_out(call: Call, exchange: Exchange, kind: int) -> None:
    core, data = call.core, call.body.get("data") or {}
    if kind == MESSAGE:
        exchange.response = post(core, exchange.channel, data, call.uploads, interaction=exchange)
    elif kind == DEFER:
        flags = LOADING | (data.get("flags") or 0) & EPHEMERAL
        thinking = Message(exchange.channel, core.world.bot, flags=flags, interaction=exchange)
        place(core, thinking)
        exchange.response = thinking
    elif kind == UPDATE:
        assert exchange.message is not None
        if exchange.message.deleted:
            raise unknown("message")
        edit(core, exchange.message, data, call.uploads)
        exchange.response = exchange.message
        exchange.edits.append(data)
    elif kind == DEFER_UPDATE:
        exchange.response = exchange.message
    elif kind == CHOICES:
        choices = [one for one in data.get("choices") or () if one]
        if problems := choice_problems(choices, ("data", "choices")):
            raise invalid_form(*problems)
        exchange.choices = choices
    else:
        if problems := modal_problems(data):
            raise invalid_form(*problems)
        exchange.modal = Form(exchange, data)


def _result(call: Call, exchange: Exchange, kind: int) -> Json:
    """What a callback is answered with."""
    interaction: Json = {"id": str(exchange.id), "type": exchange.kind}
    if kind in {CHOICES, SHOW_MODAL}:
        return {"interaction": interaction}
    assert exchange.response is not None
    interaction |= {
        "response_message_id": str(exchange.response.id),
        "response_message_loading": exchange.response.loading,
        "response_message_ephemeral": exchange.response.ephemeral,
    }
    made = MESSAGE if kind in {MESSAGE, DEFER} else UPDATE
    message = call.core.payload(exchange.response)
    return {"interaction": interaction, "resource": {"type": made, "message": message}}


def _open(call: Call) -> Exchange:
    """The interaction whose webhook is used, while its token lives."""
    core = call.core
    exchange = core.exchanges.get(call.ids["webhook_token"])
    if exchange is None or call.number("webhook_id") != core.world.bot.id:
        raise unknown("webhook")
    if exchange.expired is not None:
        code, text = exchange.expired
        raise Refusal(401 if code == 50027 else 404, code, text)
    if time.monotonic() - exchange.started > core.token_seconds:
        raise Refusal(401, 50027, "Invalid Webhook Token")
    if exchange.acknowledged_after is None:
        raise unknown("webhook")
    return exchange


@answers(f"POST {_WEBHOOK}")
def follow_up(call: Call) -> Answer:
    """A further message; the first after a "thinking" takes its place."""
    exchange = _open(call)
    if exchange.response is not None and exchange.response.loading:
        _change(call, exchange, exchange.response)
        return call.core.payload(exchange.response)
    if "0" not in exchange.owners and len(exchange.followups) >= MAX_USER_FOLLOWUPS:
        raise Refusal(400, 40094, "This interaction has reached the maximum number of follow up messages")
    message = post(call.core, exchange.channel, call.body, call.uploads, interaction=exchange)
    exchange.followups.append(message)
    exchange.touch()
    return call.core.payload(message)


def _message(call: Call, exchange: Exchange) -> Message:
    wanted = call.ids.get("message_id")
    known = [exchange.response, *exchange.followups]
    found = known[0] if wanted is None else next((m for m in known if m and str(m.id) == wanted), None)
    if found is None or found.deleted:
        raise unknown("message")
    return found


@answers(f"GET {_ORIGINAL}", f"GET {_ONE}")
def read(call: Call) -> Answer:
    """The response or a follow-up."""
    return call.core.payload(_message(call, _open(call)))


@answers(f"PATCH {_ORIGINAL}", f"PATCH {_ONE}")
def change(call: Call) -> Answer:
    """The response or a follow-up, edited."""
    exchange = _open(call)
    message = _message(call, exchange)
    _change(call, exchange, message)
    return call.core.payload(message)


def _change(call: Call, exchange: Exchange, message: Message) -> None:
    edit(call.core, message, call.body, call.uploads)
    if message is exchange.response:
        exchange.edits.append(call.body)
    exchange.touch()


@answers(f"DELETE {_ORIGINAL}", f"DELETE {_ONE}")
def delete(call: Call) -> Answer:
    """The response or a follow-up goes."""
    exchange = _open(call)
    call.core.withdraw(_message(call, exchange))
    exchange.touch()
