/** The way in: whoever is signed in comes to the page of their role. */
import { fill } from "../base/dom.js";
import { HOME, me } from "../base/session.js";
import { failed } from "../base/states.js";

const lead = () =>
  me().then(
    (found) => location.replace(HOME[found.role]),
    (problem) => fill(document.body, failed(problem, lead)),
  );
lead();
