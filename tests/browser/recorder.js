// Sees every state that a page was ever in, also those between two looks of a test. Runs before the page's own code.
(() => {
  const recorded = { violations: [], most: {}, states: {}, phases: [] };
  window.recorded = recorded;
  document.addEventListener("securitypolicyviolation", (event) => {
    recorded.violations.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile ?? ""}`);
  });

  const wordsOf = (bubble) => bubble.querySelector("[data-testid=message-text]")?.textContent ?? "";

  function look() {
    const counts = {};
    for (const bubble of document.querySelectorAll("[data-testid=message]")) {
      const words = wordsOf(bubble);
      counts[words] = (counts[words] ?? 0) + 1;
      recorded.most[words] = Math.max(recorded.most[words] ?? 0, counts[words]);
      const states = (recorded.states[words] ??= []);
      if (states.at(-1) !== bubble.dataset.status) states.push(bubble.dataset.status);
    }
    const phase = document.querySelector("[data-testid=live-state]")?.dataset.state;
    if (phase && recorded.phases.at(-1) !== phase) recorded.phases.push(phase);
  }
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["data-status", "data-state"],
  });

  // Where an element stands in every frame that is painted, from now until `stopFollowing`.
  let following = 0;
  window.follow = (selector) => {
    const tops = [];
    const run = ++following;
    const after = new MessageChannel();
    // A message sent from a frame's callback arrives once the frame is laid out and painted.
    after.port1.onmessage = () => {
      if (run !== following) return;
      tops.push(document.querySelector(selector)?.getBoundingClientRect().top ?? null);
      requestAnimationFrame(() => after.port2.postMessage(0));
    };
    requestAnimationFrame(() => after.port2.postMessage(0));
    window.followed = tops;
  };
  window.stopFollowing = () => {
    following += 1;
    return window.followed;
  };
})();
