/* A form sent while a picture of it is on its way waits until that has come, and is sent then: nothing is lost, and
   nothing goes up twice. Leaving the page meanwhile is asked about. */

const going = new Map();
let waiting = null;

addEventListener("beforeunload", (event) => {
  if (going.size) event.preventDefault();
});

document.addEventListener(
  "submit",
  (event) => {
    if (![...going.values()].includes(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const root = event.target.querySelector("[data-picture-input]");
    waiting = { form: event.target, submitter: event.submitter, words: root.dataset };
    say(waiting, root.dataset.wordsWaiting);
  },
  true,
);

export function began(root) {
  going.set(root, root.closest("form"));
}

/* `saved` is whether the picture came; one that did not keeps the form from being sent. */
export function ended(root, saved) {
  const form = going.get(root);
  going.delete(root);
  if (!form || waiting?.form !== form) return;
  const { submitter } = waiting;
  if (!saved) {
    say(waiting, waiting.words.wordsNotSent);
    waiting = null;
  } else if (![...going.values()].includes(form)) {
    say(waiting, "");
    waiting = null;
    form.requestSubmit(submitter?.isConnected && submitter.form === form ? submitter : undefined);
  }
}

function say({ form, submitter }, sentence) {
  let place = form.querySelector("[data-picture-patience]");
  if (!place) {
    place = document.createElement("p");
    place.dataset.picturePatience = "";
    place.className = "picture-patience";
    place.setAttribute("role", "status");
    (submitter?.closest(".form__actions") ?? form).append(place);
  }
  // A live region is heard when it changes, not when it comes.
  setTimeout(() => {
    place.textContent = sentence;
  }, 100);
}
