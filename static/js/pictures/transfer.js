/* Sends one file in pieces, as tus 1.0.0 has it (https://tus.io/protocols/resumable-upload), and after a broken
   connection goes on from where the server says it was.

   `tell` hears: sent(bytes), checking(), broken(), waiting(seconds), resumed(), stopped(sentence), refused(sentence),
   saved({sentence, html}). After `stopped` it can be started again; after `refused` and `saved` it is over. */

const KIB = 1024;
/* The first piece is small, so that a refusal is read at once and not after megabytes nobody wants; with the second all
   has come that the server looks at (LOOKED_AT in pictures/models/transfer.py). The rest comes in one: the server keeps
   what came of it anyway, and each piece has to wait for the answer to the one before. */
const PIECES = [256 * KIB, 20480 * KIB];
const WAITS = [1, 2, 4, 8, 15, 30];
/* Milliseconds without a byte leaving, and without an answer once all have left, that are taken for a dead line. */
const SILENCE = 30000;
const THINKING = 180000;

class Break extends Error {}
class Refusal extends Error {}

export class Transfer {
  constructor(file, { url, token, metadata, words, tell }) {
    Object.assign(this, { file, url, token, words, tell });
    this.metadata = Object.entries({ filename: file.name, ...metadata })
      .map(([key, value]) => `${key} ${base64(value)}`)
      .join(",");
    this.beginAnew();
  }

  beginAnew() {
    this.address = "";
    this.offset = 0;
    this.piece = 0;
  }

  async start() {
    this.failures = 0;
    while (!this.over) {
      try {
        await this.send();
      } catch (trouble) {
        if (this.over) return;
        if (trouble instanceof Refusal) return this.end("refused", trouble.message);
        if (!(trouble instanceof Break)) throw trouble;
        this.isBroken = true;
        const readable = await this.isReadable();
        if (this.over) return;
        if (!readable) return this.end("refused", this.words.unreadable);
        if (trouble.message || !(await this.rest())) return this.tell.stopped(trouble.message);
      }
    }
  }

  cancel() {
    this.over = true;
    this.request?.abort();
    this.wake?.();
    if (this.address) this.ask("DELETE", this.address).catch(() => {});
  }

  end(how, what) {
    this.over = true;
    this.tell[how](what);
  }

  async send() {
    if (!this.address) await this.begin();
    else await this.findOffset();
    if (this.isBroken && !this.over) this.tell.resumed();
    this.isBroken = false;
    while (!this.over) {
      const end = Math.min(this.file.size, this.offset + (PIECES[this.piece] ?? this.file.size));
      const answer = await this.sendPiece(end);
      if (answer.status === 201) return this.end("saved", answer.said);
      this.offset = Number(answer.header("Upload-Offset"));
      this.piece += 1;
    }
  }

  async begin() {
    const headers = { "Upload-Length": this.file.size, "Upload-Metadata": this.metadata };
    this.address = this.judged(await this.ask("POST", this.url, { headers })).header("Location");
    // Cancelled before it had an address.
    if (this.over) this.cancel();
  }

  async findOffset() {
    const offset = Number(this.judged(await this.ask("HEAD", this.address)).header("Upload-Offset"));
    if (offset > this.offset) this.failures = 0;
    this.offset = offset;
  }

  async sendPiece(end) {
    const from = this.offset;
    const headers = { "Upload-Offset": from, "Content-Type": "application/offset+octet-stream" };
    const body = this.file.slice(from, end);
    const sent = (loaded) => this.tell.sent(Math.min(end, from + loaded));
    const left = () => end === this.file.size && this.tell.checking();
    return this.judged(await this.ask("PATCH", this.address, { headers, body, sent, left }));
  }

  /* A server that knows nothing of the transfer, or keeps it elsewhere, gets the file anew. */
  judged(answer) {
    if (answer.status < 300) return answer;
    const sentence = answer.said?.sentence ?? "";
    if (answer.status === 404 || answer.status === 410) this.beginAnew();
    else if (answer.status === 403) throw new Refusal(this.words.stale);
    else if (sentence && answer.status !== 503) throw new Refusal(sentence);
    throw new Break(sentence);
  }

  /* Whether there is to be one more try, after a while that grows; being online again ends it. */
  async rest() {
    const seconds = WAITS[this.failures];
    if (seconds === undefined) return false;
    if (this.failures === 0) this.tell.broken();
    this.failures += 1;
    for (let left = seconds; left > 0 && !this.over; left -= 1) {
      this.tell.waiting(left);
      if (await this.isWoken(1000)) break;
    }
    return true;
  }

  isWoken(milliseconds) {
    return new Promise((resolve) => {
      const online = () => this.wake();
      const timer = setTimeout(() => done(false), milliseconds);
      const done = (woken) => {
        clearTimeout(timer);
        removeEventListener("online", online);
        resolve(woken);
      };
      this.wake = () => done(true);
      addEventListener("online", online);
    });
  }

  async isReadable() {
    try {
      await this.file.slice(0, 1).arrayBuffer();
      return true;
    } catch {
      return false;
    }
  }

  ask(method, url, { headers = {}, body = null, sent = () => {}, left = () => {} } = {}) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      let patience;
      const wait = (milliseconds) => {
        clearTimeout(patience);
        patience = setTimeout(() => request.abort(), milliseconds);
      };
      const broken = () => {
        clearTimeout(patience);
        reject(new Break());
      };
      if (method === "PATCH") this.request = request;
      request.open(method, url);
      for (const [name, value] of Object.entries({ "Tus-Resumable": "1.0.0", "X-CSRFToken": this.token, ...headers })) request.setRequestHeader(name, value);
      request.addEventListener("load", () => {
        clearTimeout(patience);
        resolve({ status: request.status, said: parsed(request), header: (name) => request.getResponseHeader(name) });
      });
      for (const event of ["error", "abort", "timeout"]) request.addEventListener(event, broken);
      if (body) {
        request.upload.addEventListener("progress", ({ loaded }) => {
          wait(SILENCE);
          sent(loaded);
        });
        request.upload.addEventListener("load", () => {
          wait(THINKING);
          left();
        });
      }
      wait(SILENCE);
      request.send(body);
    });
  }
}

function parsed(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null;
  }
}

/* Base64 of the text's UTF-8. */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
