"use strict";
(() => {
  const cards = [...document.querySelectorAll(".change")];
  const search = document.getElementById("search");
  const kind = document.getElementById("class");
  const subject = document.getElementById("subject");
  const subjects = [...document.querySelectorAll(".subject")];
  const levels = [...document.querySelectorAll("input[data-level]")];
  const count = document.getElementById("count");
  if (!search) return;

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const on = new Set(levels.filter((each) => each.checked).map((each) => each.dataset.level));
    let shown = 0;
    for (const card of cards) {
      const text = (card.dataset.text ??= card.firstElementChild.textContent.toLowerCase());
      const fits =
        on.has(card.dataset.level) &&
        (!kind.value || card.dataset.classes.split(" ").includes(kind.value)) &&
        (!subject.value || card.dataset.subjects.split("\n").includes(subject.value)) &&
        words.every((word) => text.includes(word));
      card.hidden = !fits;
      shown += fits;
    }
    for (const head of document.querySelectorAll(".level")) {
      head.hidden = !head.querySelector(".change:not([hidden])");
    }
    for (const each of subjects) each.hidden = Boolean(subject.value) && each.dataset.name !== subject.value;
    count.textContent = `${shown} of ${cards.length} changes shown`;
  };

  const show = (id) => {
    const card = document.getElementById(id);
    if (!card || !card.classList.contains("change")) return;
    if (card.hidden) {
      search.value = kind.value = subject.value = "";
      for (const each of levels) each.checked = true;
      apply();
    }
    card.open = true;
    for (let up = card.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    card.firstElementChild.focus({ preventScroll: true });
    card.scrollIntoView();
  };

  for (const each of [search, kind, subject, ...levels]) each.addEventListener("input", apply);
  addEventListener("hashchange", () => show(location.hash.slice(1)));
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#c-"]');
    if (link) { event.preventDefault(); history.replaceState(null, "", link.hash); show(link.hash.slice(1)); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT)$/.test(event.target.tagName)) return;
    if (event.key === "/") { event.preventDefault(); search.focus(); return; }
    if (event.key !== "j" && event.key !== "k") return;
    const seen = cards.filter((card) => !card.hidden).map((card) => card.firstElementChild);
    const at = seen.indexOf(document.activeElement);
    const next = seen[event.key === "j" ? Math.min(at + 1, seen.length - 1) : Math.max(at - 1, 0)];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  });
  addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
  apply();
  if (location.hash) show(location.hash.slice(1));
})();
