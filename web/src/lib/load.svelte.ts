// One question to the server at a time: the last good answer stays while a new one is on its way or has failed.
import { ServerError } from '../api';

export class Load<T> {
  data = $state.raw<T | null>(null);
  failed = $state.raw<ServerError | null>(null);
  loading = $state(false);
  private stop: AbortController | null = null;
  async ask(question: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    this.stop?.abort();
    const stop = (this.stop = new AbortController());
    this.loading = true;
    try {
      const data = await question(stop.signal);
      if (stop.signal.aborted) return null;
      this.data = data;
      this.failed = null;
      return data;
    } catch (cause) {
      if (stop.signal.aborted) return null;
      this.failed = cause instanceof ServerError ? cause : new ServerError(0, { error: { code: 'unreadable', message: String((cause as Error).message ?? cause) } });
      return null;
    } finally {
      if (this.stop === stop) this.loading = false;
    }
  }
}
