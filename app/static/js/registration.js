/* 考核报名: the 从事专业 of the chosen department, and the length of 个人述职. */
(function () {
  "use strict";

  function offer(select, options) {
    const blank = select.querySelector("option[value='']").textContent;
    if (select.tomselect) {
      select.tomselect.clear(true);
      select.tomselect.clearOptions();
      select.tomselect.addOptions([{ value: "", text: blank }].concat(options.map((one) => ({ value: one.value, text: one.label }))));
      select.tomselect.setValue("", true);
      return;
    }
    select.replaceChildren(new Option(blank, ""), ...options.map((one) => new Option(one.label, one.value)));
  }

  function follow(form) {
    const department = form.elements.department_id;
    const specialty = form.elements.specialty_id;
    const button = form.querySelector("[data-refresh]");
    let asked = 0;
    button.hidden = true;
    department.addEventListener("change", () => {
      const mine = (asked += 1);
      if (!department.value) { offer(specialty, []); return; }
      const url = new URL(form.dataset.specialties, location.href);
      url.searchParams.set("department", department.value);
      fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" })
        .then((answer) => { if (!answer.ok) { throw new Error(String(answer.status)); } return answer.json(); })
        .then((found) => { if (mine === asked) { offer(specialty, found.options); } })
        .catch(() => { button.hidden = false; });
    });
  }

  function count(line) {
    const area = document.getElementById(line.dataset.lengthOf);
    function show() { line.textContent = line.dataset.text.replace("{n}", String(Array.from(area.value.trim()).length)); }
    line.hidden = false;
    area.addEventListener("input", show);
    show();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("registration");
    if (!form) { return; }
    follow(form);
    document.querySelectorAll("[data-length-of]").forEach(count);
  });
})();
