"use strict";
// Within a frame: tells the page around it how tall the content is, so that the page can make room. It tells nothing else.
(() => {
  if (window.parent === window) return;
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    window.parent.postMessage({ detectapi: "height", height }, "*");
  };
  new ResizeObserver(tell).observe(document.documentElement);
  addEventListener("message", (event) => {
    if (event.source === window.parent && event.data?.detectapi === "ask") tell();
  });
})();
