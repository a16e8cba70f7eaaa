/* Show what the uploader tells. */
(() => {
  "use strict";

  const log = document.getElementById("log");
  const show = ({ detail }) => {
    log.hidden = false;
    log.textContent = JSON.stringify(detail.result ?? { status: detail.status, message: detail.message }, null, 2);
  };
  document.addEventListener("tintype-done", show);
  document.addEventListener("tintype-error", show);
})();
