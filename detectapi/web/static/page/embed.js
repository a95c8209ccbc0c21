"use strict";
// For the pages of other sites: makes the frames of this service as tall as their content. Without it they keep their own height.
(() => {
  const frames = () => [...document.querySelectorAll("iframe[data-detectapi]")];
  addEventListener("message", (event) => {
    const height = Number(event.data?.height);
    if (event.data?.detectapi !== "height" || !(height > 0 && height < 30000)) return;
    for (const frame of frames()) {
      if (frame.contentWindow === event.source && new URL(frame.src).origin === event.origin) frame.style.height = `${height}px`;
    }
  });
  // Frames that were there before this script have told their height already: they tell it again.
  for (const frame of frames()) frame.contentWindow?.postMessage({ detectapi: "ask" }, "*");
})();
