// One sound at a time in the whole page: what begins to play ends what plays, and so do Stop and going to another tab.
(() => {
  const sound = (window.oneSound = {
    hush: null,
    begin(hush) {  // hush: ends the sound that begins now
      const before = sound.hush;
      sound.hush = hush;
      if (before && before !== hush) before();
    },
    silence() { sound.begin(null); },
  });
  const start = (player) => { if (!player.muted) sound.begin((player.hush ||= () => player.pause())); };
  const play = HTMLMediaElement.prototype.play;  // the waveforms' players are in no document: no event comes from them
  HTMLMediaElement.prototype.play = function () { start(this); return play.call(this); };
  document.addEventListener("play", (event) => start(event.target), true);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[role=tab], .overflow-dropdown button, button.stop")) sound.silence();
  }, true);
})();
