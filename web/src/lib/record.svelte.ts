// The open record: any number on any page leads here.
import type { Num } from '../api';

class Open {
  num = $state.raw<Num | null>(null);
  title = $state('');
  private from: Element | null = null;
  show(num: Num, title: string): void {
    this.from = document.activeElement;
    this.num = num;
    this.title = title;
  }
  close(): void {
    this.num = null;
    if (this.from instanceof HTMLElement) this.from.focus();
  }
}
export const record = new Open();

/** A line that appears for a moment, and is read aloud. */
class Toast {
  text = $state('');
  private timer: ReturnType<typeof setTimeout> | undefined;
  say(text: string): void {
    this.text = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.text = ''), 4000);
  }
}
export const toast = new Toast();
