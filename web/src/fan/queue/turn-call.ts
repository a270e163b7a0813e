// Calls the fan when it is their turn: a sound and a notification, both only when asked for.
import { announce, callTurn } from "../shell/announcer.svelte.ts";

let audio: AudioContext | null = null;

/** Let sounds be played later; has to be called by a click, or browsers stay silent. */
export async function allowSound(): Promise<void> {
  audio ??= new AudioContext();
  await audio.resume();
  chime([660]);
}

/** No more sounds. */
export async function forbidSound(): Promise<void> {
  const closing = audio;
  audio = null;
  await closing?.close();
}

/** Whether the browser can notify, has been forbidden to, or may be asked. */
export function notificationState(): NotificationPermission | "impossible" {
  return "Notification" in globalThis ? Notification.permission : "impossible";
}

/** Ask for leave to notify; has to be called by a click. */
export async function allowNotifications(): Promise<void> {
  await Notification.requestPermission();
}

/** It is the fan's turn: the tab and the page say so, a sound if it is on, and a notification if
 * they look elsewhere. */
export function callFan(title: string, text: string): void {
  callTurn();
  announce(`${title} ${text}`);
  chime([523, 659, 784]);
  if (notificationState() !== "granted" || document.visibilityState === "visible") return;
  try {
    const note = new Notification(title, { body: text, icon: "/icon.svg", tag: "yemae-turn" });
    note.onclick = () => {
      focus();
      note.close();
    };
  } catch {
    // Some phones notify only from a service worker; the title and the sound say it, too.
  }
}

function chime(tones: readonly number[]): void {
  if (!audio) return;
  for (const [i, hertz] of tones.entries()) {
    const begins = audio.currentTime + i * 0.22;
    const tone = new OscillatorNode(audio, { frequency: hertz, type: "sine" });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(0, begins);
    volume.gain.linearRampToValueAtTime(0.25, begins + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.001, begins + 0.6);
    tone.connect(volume).connect(audio.destination);
    tone.start(begins);
    tone.stop(begins + 0.65);
  }
}
