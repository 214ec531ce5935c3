/* How far an upload has come, how fast it goes and how long it will take: for people, in the language of the page.
   Megabytes are those of people's computers, as in pictures/numbers.py. */

const MB = 1024 * 1024;
/* Milliseconds: figures that change more often cannot be read, and a speed over less is chance. */
const EVERY = 1000;

export class Meter {
  constructor(total, words, language) {
    Object.assign(this, { total, words, language });
    this.again(0);
  }

  /* Counting begins here: what came before a broken line says nothing about the speed after it. */
  again(sent, now = performance.now()) {
    this.mark = { sent, now };
    this.speed = 0;
    this.shown = 0;
  }

  /* The figures, when it is time for new ones; else an empty text. */
  note(sent, now = performance.now()) {
    const passed = now - this.mark.now;
    if (passed >= EVERY) {
      const latest = ((sent - this.mark.sent) / passed) * 1000;
      this.speed = this.speed ? 0.7 * this.speed + 0.3 * latest : latest;
      this.mark = { sent, now };
    }
    if (this.shown && now - this.shown < EVERY) return "";
    this.shown = now;
    return this.figures(sent);
  }

  figures(sent) {
    const said = [fill(this.words.of, { sent: this.number(sent / MB, 1), total: this.number(this.total / MB, this.total < 10 * MB ? 1 : 0) })];
    if (this.speed > 0) {
      said.push(fill(this.words.speed, { speed: this.number(this.speed / MB, 1) }));
      said.push(this.left((this.total - sent) / this.speed));
    }
    return said.join(" · ");
  }

  left(seconds) {
    const minutes = Math.round(seconds / 60);
    if (seconds < 10) return this.words.soon;
    if (seconds < 55) return fill(this.words.seconds, { n: Math.ceil(seconds / 10) * 10 });
    if (minutes <= 1) return this.words.minute;
    return minutes <= 60 ? fill(this.words.minutes, { n: minutes }) : this.words.hours;
  }

  number(value, places) {
    return new Intl.NumberFormat(this.language, { minimumFractionDigits: places, maximumFractionDigits: places }).format(value);
  }
}

/* “{n} of {total}” with the values in place. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
