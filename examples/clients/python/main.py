"""Ana registers, adds an authenticator app, signs in with a code of it, creates tasks, clears a
field, reads a list page by page and reads a refusal.

    python main.py http://127.0.0.1:8080 ../../../data/mails

The second argument is the folder into which a server without a mail server writes its mails.
"""

import base64
import hmac
import re
import struct
import sys
import time
from datetime import date
from pathlib import Path
from typing import TypeVar

from generated.kith_client import AuthenticatedClient, Client
from generated.kith_client.api.circles import create_circle
from generated.kith_client.api.security import confirm_totp, enroll_totp
from generated.kith_client.api.sign_in import (
    complete_sign_in,
    confirm_registration,
    register,
    sign_in,
)
from generated.kith_client.api.tasks import create_task, list_tasks, update_task
from generated.kith_client.models import (
    Circle,
    CompleteSignInRequest,
    ConfirmRegistrationRequest,
    CreateCircleRequest,
    CreateTaskRequest,
    Problem,
    RecoveryCodes,
    RegisterRequest,
    Registration,
    SecondFactorChallenge,
    SessionTokens,
    SignInOutcome,
    SignInRequest,
    Task,
    TaskPage,
    TotpCodeRequest,
    TotpEnrollment,
    UpdateTaskRequest,
)
from generated.kith_client.types import UNSET

T = TypeVar("T")

PASSWORD = "correct horse battery staple"


def expect(kind: type[T], answer: object) -> T:
    """The answer, if it is what was asked for. A refusal is a `Problem`."""
    if isinstance(answer, Problem):
        raise RuntimeError(f"{answer.status} {answer.code}: {answer.detail}")
    if not isinstance(answer, kind):
        raise RuntimeError(f"{kind.__name__} expected, but it is {answer!r}")
    return answer


def wait_for_code(mails: Path, email: str) -> str:
    """The server writes the mail after its answer. An app asks its user for the code."""
    for _ in range(100):
        for path in mails.glob("*"):
            mail = path.read_bytes().decode()
            code = re.search(r"^Code: (\d{6})", mail, re.MULTILINE)
            if code and f"\nTo: {email}\r\n" in mail:
                return code[1]
        time.sleep(0.1)
    raise RuntimeError(f"no mail to {email} in {mails}")


def totp_code(secret: str, steps_ahead: int = 0) -> str:
    """What an authenticator app shows (RFC 6238). The server takes each code once, and also the
    one of the next step."""
    step = int(time.time()) // 30 + steps_ahead
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 0xF
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def sign_up(anonymous: Client, server: str, mails: Path, email: str) -> AuthenticatedClient:
    request = RegisterRequest(email=email, password=PASSWORD, name="Ana Díaz")
    registration = expect(Registration, register.sync(client=anonymous, body=request))
    confirmation = ConfirmRegistrationRequest(code=wait_for_code(mails, email))
    answer = confirm_registration.sync(registration.id, client=anonymous, body=confirmation)
    tokens = expect(SessionTokens, expect(SignInOutcome, answer).session)
    return AuthenticatedClient(server, tokens.access_token)


def sign_in_with_app(anonymous: Client, server: str, email: str, secret: str) -> AuthenticatedClient:
    request = SignInRequest(email=email, password=PASSWORD)
    outcome = expect(SignInOutcome, sign_in.sync(client=anonymous, body=request))
    challenge = expect(SecondFactorChallenge, outcome.second_factor)
    proof = CompleteSignInRequest(ticket=challenge.ticket, code=totp_code(secret, 1))
    tokens = expect(SessionTokens, complete_sign_in.sync(client=anonymous, body=proof))
    return AuthenticatedClient(server, tokens.access_token)


def main(server: str, mails: Path) -> None:
    anonymous = Client(server)
    email = f"ana.{time.time_ns()}@example.org"
    ana = sign_up(anonymous, server, mails, email)
    enrollment = expect(TotpEnrollment, enroll_totp.sync(client=ana))
    first_code = TotpCodeRequest(code=totp_code(enrollment.secret))
    expect(RecoveryCodes, confirm_totp.sync(client=ana, body=first_code))
    ana = sign_in_with_app(anonymous, server, email, enrollment.secret)
    print("Ana is signed in with a code of the app.")

    circle = expect(Circle, create_circle.sync(client=ana, body=CreateCircleRequest("Rosa")))
    tasks = [
        expect(
            Task,
            create_task.sync(
                circle.id,
                client=ana,
                body=CreateTaskRequest(title, notes="The blue bag", due_on=date(2030, 1, 2)),
            ),
        )
        for title in ("Pick up the prescription", "Water the plants", "Call the insurance")
    ]

    # `None` clears a field. A field that is not sent stays as it is.
    clearing = UpdateTaskRequest(notes=None)
    cleared = expect(
        Task, update_task.sync(circle.id, tasks[0].id, client=ana, body=clearing)
    )
    if cleared.notes is not None or cleared.due_on != date(2030, 1, 2):
        raise RuntimeError(f"not cleared: {cleared}")

    titles: list[str] = []
    pages = 0
    cursor: str | None = None
    while pages == 0 or cursor is not None:
        answer = list_tasks.sync(circle.id, client=ana, limit=2, cursor=cursor or UNSET)
        page = expect(TaskPage, answer)
        titles += [task.title for task in page.data]
        pages += 1
        cursor = page.next_cursor
    if len(titles) != 3 or pages != 2:
        raise RuntimeError(f"{pages} pages: {titles}")

    refused = CreateTaskRequest("Cook", effort_minutes=0)
    problem = create_task.sync(circle.id, client=ana, body=refused)
    if not isinstance(problem, Problem) or not problem.errors:
        raise RuntimeError(f"a refusal expected, but it is {problem!r}")
    field = problem.errors[0]
    if problem.code != "validation_failed" or field.pointer != "/effort_minutes":
        raise RuntimeError(f"unexpected refusal: {problem.detail}")
    print(f"Python: {len(titles)} tasks on {pages} pages; refused: {field.detail}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python main.py SERVER FOLDER_OF_MAILS")
    main(sys.argv[1], Path(sys.argv[2]))
