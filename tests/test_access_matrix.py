"""Every URL × every role, from one literal table; a URL that is not listed fails the suite.

H hospital · A authority · G agency · M proctor · P physician · S system administrator ·
C security administrator · U audit administrator. ``*`` everybody, also visitors; ``+`` everybody
with an account; ``-`` nobody of these; ``T`` programs with a token (tests/api asks which scopes and rows it opens).
"""

from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.enums import Role
from app.security.roles import declared
from tests.access_exams import EXAMS
from tests.access_results import RESULTS
from tests.support.site import Site

pytestmark = pytest.mark.embedded

ACCOUNTS = {
    "H": "hospital",
    "A": "province",
    "G": "agency",
    "M": "proctor",
    "S": "sysadmin",
    "C": "secadmin",
    "U": "auditor",
}
LETTERS = "HAGMPSCU"

MATRIX: Mapping[str, str] = {
    # visitors
    "static": "*",
    "HomeView.healthz": "*",
    "LanguageView.choose": "*",
    "LoginView.login": "*",
    "LoginView.confirm": "*",
    "LoginView.captcha": "*",
    "LoginView.logout": "*",
    # one's own account
    "PasswordView.initial": "+",
    "PasswordView.change": "+",
    "SwitchView.index": "+",
    "SwitchView.take": "+",
    "HomeView.index": "HAGMPSCU",
    # the hospital
    "InstitutionProfileView.edit": "H",
    "DepartmentView.list": "HA",
    "DepartmentView.show": "HA",
    "DepartmentView.export": "HA",
    "DepartmentView.add": "H",
    "DepartmentView.edit": "H",
    "DepartmentView.delete": "H",
    "DepartmentView.move": "H",
    "PhysicianView.list": "HA",
    "PhysicianView.show": "HA",
    "PhysicianView.export": "HA",
    "PhysicianView.add": "H",
    "PhysicianView.delete": "H",
    "PhysicianView.reset": "H",
    "PhysicianView.move": "A",
    "PhysicianView.away": "H",
    "PhysicianView.reveal": "HA",
    "RosterImportView.index": "H",
    "RosterImportView.template": "H",
    "RosterImportView.report": "H",
    "RosterImportView.confirm": "H",
    "RosterImportView.errors": "H",
    "DepartmentImportView.index": "H",
    "DepartmentImportView.template": "H",
    "DepartmentImportView.report": "H",
    "DepartmentImportView.confirm": "H",
    "DepartmentImportView.errors": "H",
    "ConductImportView.index": "H",
    "ConductImportView.template": "H",
    "ConductImportView.report": "H",
    "ConductImportView.confirm": "H",
    "ConductImportView.errors": "H",
    "InstitutionImportView.index": "A",
    "InstitutionImportView.template": "A",
    "InstitutionImportView.report": "A",
    "InstitutionImportView.confirm": "A",
    "InstitutionImportView.errors": "A",
    "QuestionImportView.index": "A",
    "QuestionImportView.template": "A",
    "QuestionImportView.report": "A",
    "QuestionImportView.confirm": "A",
    "QuestionImportView.errors": "A",
    "AuthorityImportView.index": "A",
    "AuthorityImportView.template": "A",
    "AuthorityImportView.report": "A",
    "AuthorityImportView.confirm": "A",
    "AuthorityImportView.errors": "A",
    "GeneralReviewView.list": "H",
    "GeneralReviewView.export": "H",
    "GeneralReviewView.case": "H",
    "GeneralReviewView.next_case": "H",
    "GeneralReviewView.add_notes": "H",
    "SimplifiedReviewView.list": "H",
    "SimplifiedReviewView.export": "H",
    "SimplifiedReviewView.case": "H",
    "SimplifiedReviewView.next_case": "H",
    "SimplifiedReviewView.add_notes": "H",
    "GeneralReviewView.batch": "H",
    "GeneralReviewView.batch_pass": "H",
    "SimplifiedReviewView.batch": "H",
    "SimplifiedReviewView.batch_pass": "H",
    "AgencyApplicationView.index": "H",
    "AgencyApplicationView.file": "HA",
    "AgencyApplicationReviewView.list": "A",
    "AgencyApplicationReviewView.export": "A",
    "AgencyApplicationReviewView.columns": "A",
    "AgencyApplicationReviewView.case": "A",
    "MentorshipView.list": "H",
    "MentorshipView.export": "H",
    "MentorshipView.columns": "H",
    "MentorshipView.add": "H",
    "MentorshipView.edit": "H",
    "MentorshipChangeView.list": "H",
    "MentorshipChangeView.export": "H",
    "MentorshipChangeView.columns": "H",
    "MentorshipChangeView.case": "H",
    "CorrectionView.list": "H",
    "CorrectionView.export": "H",
    "CorrectionView.columns": "H",
    "CorrectionView.case": "H",
    "CorrectionView.reveal": "H",
    "CorrectionView.file": "HP",
    "PracticePlaceView.list": "H",
    "PracticePlaceView.export": "H",
    "PracticePlaceView.columns": "H",
    "PracticePlaceView.case": "H",
    "TransferRequestView.list": "HA",
    "TransferRequestView.export": "HA",
    "TransferRequestView.columns": "HA",
    "TransferRequestView.case": "HA",
    "TransferRequestView.add": "H",
    "OutsideOpinionView.list": "H",
    "OutsideOpinionView.export": "H",
    "OutsideOpinionView.columns": "H",
    "OutsideOpinionView.case": "H",
    "GeneralReviewView.remove_note": "H",
    "SimplifiedReviewView.remove_note": "H",
    "DisqualifyingActView.add": "HG",
    "DisqualifyingActView.strike": "HG",
    "DisqualifyingActView.file": "HAGP",
    "PortraitView.see": "HAGMP",
    "PortraitView.upload": "P",
    "StatisticsView.index": "HAG",
    "StatisticsView.export": "HAG",
    "AttachmentView.begin": "P",
    "AttachmentView.piece": "P",
    "RecusalView.list": "G",
    "RecusalView.export": "G",
    "RecusalView.columns": "G",
    "RecusalView.case": "G",
    "RecusalView.declare": "G",
    "OwnCorrectionView.index": "P",
    "OwnPracticePlaceView.index": "P",
    "OwnRecusalView.index": "P",
    "OwnMentorshipView.index": "P",
    "OwnMentorshipView.change": "P",
    "HoldUpView.list": "H",
    "HoldUpView.export": "H",
    "HoldUpView.columns": "H",
    "HoldUpView.remind": "H",
    "ExemptionReviewView.list": "H",
    "ExemptionReviewView.export": "H",
    "ExemptionReviewView.case": "H",
    "DeferralReviewView.list": "H",
    "DeferralReviewView.export": "H",
    "DeferralReviewView.case": "H",
    # the agency
    "ExemptionRecheckView.list": "G",
    "ExemptionRecheckView.export": "G",
    "ExemptionRecheckView.case": "G",
    "DeferralRecheckView.list": "G",
    "DeferralRecheckView.export": "G",
    "DeferralRecheckView.case": "G",
    "GeneralRecheckView.list": "G",
    "GeneralRecheckView.export": "G",
    "GeneralRecheckView.case": "G",
    "GeneralRecheckView.next_case": "G",
    "GeneralRecheckView.batch": "G",
    "GeneralRecheckView.batch_pass": "G",
    "SimplifiedRecheckView.batch": "G",
    "SimplifiedRecheckView.batch_pass": "G",
    "SimplifiedRecheckView.list": "G",
    "SimplifiedRecheckView.export": "G",
    "SimplifiedRecheckView.case": "G",
    "SimplifiedRecheckView.next_case": "G",
    "EntrustedView.list": "G",
    "EntrustedView.export": "G",
    "ProgressView.list": "HAGM",
    "ProgressView.export": "HAG",
    "ProgressView.case": "HAG",
    # the physician
    "RegistrationView.index": "P",
    "RegistrationView.specialties": "P",
    "ExemptionView.index": "P",
    "DeferralView.index": "P",
    "AttachmentView.download": "HAGP",
    "AttachmentView.upload": "P",
    "AttachmentView.delete": "P",
    "StepView.fire": "HAGMPS",
    "StepView.fire_many": "HAGMPS",
    # the authority
    "QuestionView.list": "A",
    "QuestionView.show": "A",
    "QuestionView.image": "A",
    "QuestionView.add": "A",
    "QuestionView.edit": "A",
    "QuestionView.export": "A",
    "QuestionView.columns": "A",
    **EXAMS,
    **RESULTS,
    "NationalRulesView.list": "A",
    "NationalRulesView.show": "A",
    "NationalRulesView.export": "A",
    "NationalRulesView.columns": "A",
    "NationalRulesView.add": "-",  # the nation alone: tests/views/test_national_rules.py
    "CycleView.list": "A",
    "CycleView.show": "A",
    "CycleView.export": "A",
    "CycleView.add": "A",
    "CycleView.edit": "A",
    "AuthorityView.list": "AS",
    "AuthorityView.show": "AS",
    "AuthorityView.export": "AS",
    "AuthorityView.add": "AS",
    "AuthorityView.edit": "AS",
    "InstitutionView.list": "AS",
    "InstitutionView.show": "AS",
    "InstitutionView.export": "AS",
    "InstitutionView.add": "A",
    "InstitutionView.edit": "A",
    "InstitutionView.reset": "A",
    "InstitutionView.superior": "A",
    "AgencyView.list": "AS",
    "AgencyView.show": "AS",
    "AgencyView.export": "AS",
    "AgencyView.add": "A",
    "AgencyView.edit": "A",
    "AgencyView.reset": "A",
    "AgencyView.bar": "A",
    "AuthorityView.superior": "A",
    "AgencyView.publish": "A",
    "CommitteeMemberView.list": "AG",
    "CommitteeMemberView.export": "AG",
    "CommitteeMemberView.columns": "AG",
    "CommitteeMemberView.add": "G",
    "CommitteeMemberView.edit": "G",
    "CommitteeMemberView.delete": "G",
    "PenaltyView.list": "HA",
    "PenaltyView.show": "HA",
    "PenaltyView.export": "HA",
    "PenaltyView.columns": "HA",
    "PenaltyView.add": "A",
    "PenaltyView.revoke": "A",
    "SpotCheckView.list": "A",
    "SpotCheckView.show": "A",
    "SpotCheckView.export": "A",
    "SpotCheckView.columns": "A",
    "SpotCheckView.add": "A",
    "SpotCheckItemView.list": "A",
    "SpotCheckItemView.export": "A",
    "SpotCheckItemView.columns": "A",
    "SpotCheckItemView.edit": "A",
    "SpotCheckItemView.case": "A",
    "AppointmentView.list": "A",
    "AppointmentView.export": "A",
    "AppointmentView.add": "A",
    "AppointmentView.chosen": "A",
    "SubjectView.list": "HAS",
    "SubjectView.show": "HAS",
    "SubjectView.export": "HAS",
    "RegistryLinkView.index": "A",
    "RegistryLinkView.switch": "A",
    "RegistryConflictView.list": "HA",
    "RegistryConflictView.show": "HA",
    "RegistryConflictView.export": "HA",
    # the administrators
    "AccountView.list": "ASCU",
    "AccountView.show": "ASCU",
    "AccountView.export": "ASCU",
    "AccountView.add": "AS",
    "AccountView.reset": "AS",
    "AccountView.stop": "AS",
    "AccountView.start": "AS",
    "AccountView.grant": "C",
    "AccountView.hat": "C",
    "AccountView.take_hat": "C",
    "DeputyView.index": "HAG",
    "DeputyView.end": "HAG",
    "RightsView.person": "CU",
    "RightsView.people": "CU",
    "RoleView.list": "C",
    "RoleView.add": "C",
    "RoleView.edit": "C",
    "RoleView.delete": "C",
    "PermissionView.list": "CU",
    "PermissionView.export": "CU",
    "TrailView.list": "AU",
    "TrailView.show": "AU",
    "TrailView.export": "AU",
    # programs: set up by the body's administrator
    "ApiTokenView.list": "HAG",
    "ApiTokenView.show": "HAG",
    "ApiTokenView.export": "HAG",
    "ApiTokenView.add": "HAG",
    "ApiTokenView.revoke": "HAG",
    "WebhookView.list": "HAG",
    "WebhookView.show": "HAG",
    "WebhookView.export": "HAG",
    "WebhookView.add": "HAG",
    "WebhookView.edit": "HAG",
    "WebhookView.resend": "HAG",
    # programs: whoever is signed in is nobody here
    "api.openapi": "*",
    "api.get_token": "T",
    "api.list_institutions": "T",
    "api.get_institution": "T",
    "api.list_departments": "T",
    "api.get_department": "T",
    "api.list_physicians": "T",
    "api.get_physician": "T",
    "api.create_physician": "T",
    "api.list_participations": "T",
    "api.get_participation": "T",
    "api.confirm_participation": "T",
    "api.withdraw_participation": "T",
    "api.list_cases": "T",
    "api.get_case": "T",
    "api.list_case_trail": "T",
    "api.list_results": "T",
    # messages and announcements
    "MessageView.list": "HAGMPSCU",
    "MessageView.export": "HAGMPSCU",
    "MessageView.open": "HAGMPSCU",
    "MessageView.text": "HAGMPSCU",
    "MessageView.read_all": "HAGMPSCU",
    "MessageView.prefer": "HAGMPSCU",
    "AnnouncementView.list": "HAGMP",
    "AnnouncementView.show": "HAGMP",
    "AnnouncementView.export": "HAGMP",
    "AnnouncementView.must_read": "HAGMP",
    "AnnouncementView.confirm": "HAGMP",
    "AnnouncementView.add": "A",
    "AnnouncementView.edit": "A",
    "AnnouncementView.publish": "A",
    "AnnouncementView.withdraw": "A",
    "AnnouncementReadingView.list": "A",
    "AnnouncementReadingView.export": "A",
    # columns of lists, numbers in full, the summary
    "DepartmentView.columns": "HA",
    "PhysicianView.columns": "HA",
    "PhysicianView.plain_export": "HA",
    "GeneralReviewView.columns": "H",
    "SimplifiedReviewView.columns": "H",
    "GeneralRecheckView.columns": "G",
    "SimplifiedRecheckView.columns": "G",
    "ExemptionReviewView.columns": "H",
    "ExemptionRecheckView.columns": "G",
    "DeferralReviewView.columns": "H",
    "DeferralRecheckView.columns": "G",
    "EntrustedView.columns": "G",
    "ProgressView.columns": "HAGM",
    "ProgressView.plain_export": "HA",
    "ProgressView.summary": "HAG",
    "CycleView.columns": "A",
    "AuthorityView.columns": "AS",
    "InstitutionView.columns": "AS",
    "AgencyView.columns": "AS",
    "AppointmentView.columns": "A",
    "SubjectView.columns": "HAS",
    "AccountView.columns": "ASCU",
    "TrailView.columns": "AU",
    "JobView.columns": "HAGMPSCU",
    "MessageView.columns": "HAGMPSCU",
    "AnnouncementView.columns": "HAGMP",
    "AnnouncementReadingView.columns": "A",
    "RegistryConflictView.columns": "HA",
    "ApiTokenView.columns": "HAG",
    "WebhookView.columns": "HAG",
    # everybody's own long work
    "JobView.list": "HAGMPSCU",
    "JobView.export": "HAGMPSCU",
    "JobView.show": "HAGMPSCU",
    "JobView.progress": "HAGMPSCU",
    "JobView.cancel": "HAGMPSCU",
    "JobView.file": "HAGMPSCU",
}

VALUES = {
    "int": "0",
    "kind": "nosuch",
    "code": "zh",
    "token": "nosuch",
    "filename": "img/favicon.svg",
    "workflow": "nosuch",
    "action": "nosuch",
}


def _url(rule: Rule) -> str:
    path = str(rule)
    for argument in rule.arguments:
        value = VALUES.get(argument, VALUES["int"])
        for converter in ("int", "string", "path"):
            path = path.replace(f"<{converter}:{argument}>", value)
    return path


@pytest.fixture
def clients(shared_site: Site) -> dict[str, FlaskClient]:
    """One signed-in client per letter."""
    found = {letter: shared_site.client(name) for letter, name in ACCOUNTS.items()}
    found["P"] = shared_site.physician_client()
    return found


def test_every_url_is_in_the_matrix(shared_site: Site) -> None:
    assert {rule.endpoint for rule in shared_site.app.url_map.iter_rules()} == set(MATRIX)


def test_every_role_is_in_the_matrix() -> None:
    assert len(LETTERS) == len(declared()) == len(Role) - 1


@pytest.mark.parametrize("endpoint", [e for e, who in MATRIX.items() if who not in "*+T"])
def test_only_the_listed_roles_pass(
    shared_site: Site, clients: dict[str, FlaskClient], endpoint: str
) -> None:
    for rule in shared_site.app.url_map.iter_rules():
        if rule.endpoint != endpoint:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answers = {
                letter: client.open(_url(rule), method=method).status_code
                for letter, client in clients.items()
            }
            passed = {letter for letter, status in answers.items() if status != 403}
            assert passed == set(MATRIX[endpoint]) - {"-"}, (method, answers)
            assert all(status < 500 for status in answers.values()), answers


@pytest.mark.parametrize("endpoint", [e for e, who in MATRIX.items() if who not in "*T"])
def test_a_visitor_is_sent_to_sign_in(shared_site: Site, endpoint: str) -> None:
    visitor = shared_site.app.test_client()
    for rule in shared_site.app.url_map.iter_rules():
        if rule.endpoint != endpoint:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = visitor.open(_url(rule), method=method)
            assert answer.status_code == 302, (method, answer.status_code)
            assert "/login/" in answer.headers["Location"]


@pytest.mark.parametrize("endpoint", [e for e, who in MATRIX.items() if who == "T"])
def test_a_session_opens_nothing_of_the_api(
    shared_site: Site, clients: dict[str, FlaskClient], endpoint: str
) -> None:
    everybody = [*clients.values(), shared_site.app.test_client()]
    for rule in shared_site.app.url_map.iter_rules():
        if rule.endpoint == endpoint:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answers = {c.open(_url(rule), method=method).status_code for c in everybody}
                assert answers == {401}, (method, answers)


def test_an_account_in_its_initial_state_reaches_its_password_page_only(
    shared_site: Site,
) -> None:
    client = shared_site.client("hospital-new")
    free = {"PasswordView.initial", "LoginView.logout", "LanguageView.choose", "static"}
    free |= {"HomeView.healthz", "LoginView.captcha"}
    for rule in shared_site.app.url_map.iter_rules():
        if rule.endpoint in free or rule.endpoint.startswith("api."):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = client.open(_url(rule), method=method)
            assert answer.status_code in (302, 303, 403), (rule.endpoint, answer.status_code)
            if answer.status_code != 403:
                assert answer.headers["Location"].startswith("/password/initial"), rule.endpoint
