"""What goes wrong in a browser is noticed: without this the other tests could not fail for it."""

from tests.browser.visitors import Visitors


def test_errors_of_scripts_and_blocked_content_are_complaints(people: Visitors) -> None:
    page = people.page("visitor")
    page.goto("/login/")
    page.evaluate("console.error('from a script')")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    page.goto("/nowhere")
    told = "\n".join(people.complaints)
    people.complaints.clear()

    for part in ("from a script", "thrown", "Content Security Policy", "404"):
        assert part in told
