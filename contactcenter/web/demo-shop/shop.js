/**
 * The shop's own script. A real shop's server signs who its customer is; here the address carries it,
 * as `/demo-shop#jwt=…`, and `?lang=id`, `?connection=…` choose the language and the connection.
 */
import { TEXTS } from "./texts.js";

const GOODS = [
  { name: "strap", price: 289_000, drawn: "M20 88c10-18 42-10 70-16s60-26 84-10-8 30-40 32-124 10-114-6zM78 74l26-32 30 22M104 42l-12 30" },
  { name: "slide", price: 219_000, drawn: "M20 88c10-18 42-10 70-16s60-26 84-10-8 30-40 32-124 10-114-6zM92 70c4-26 40-40 56-14" },
  { name: "walker", price: 349_000, drawn: "M20 88c10-18 42-10 70-16s60-26 84-10-8 30-40 32-124 10-114-6zM40 80c0-22 26-30 30-6M94 70c4-26 40-40 56-14M70 60l30-8" },
];

const query = new URLSearchParams(location.search);
const language = TEXTS[query.get("lang")] ? query.get("lang") : navigator.language.startsWith("id") ? "id" : "en";
const text = TEXTS[language];
const jwt = new URLSearchParams(location.hash.slice(1)).get("jwt");

document.documentElement.lang = language;
for (const element of document.querySelectorAll("[data-text]")) element.textContent = text[element.dataset.text];
document.querySelector("#goods").append(...GOODS.map(ware));
document.querySelector("#language").textContent = text.other;
document.querySelector("#language").addEventListener("click", turn);
const chat = addChat();
if (jwt) addAccount();

/** In a page of yours this is one line of HTML: here the page chooses the language first. */
function addChat() {
  const script = document.createElement("script");
  script.type = "module";
  script.src = "/web/widget/widget.js";
  Object.assign(script.dataset, { connection: query.get("connection") ?? "web", language, colour: "#8a4b1f", title: text.chat, greeting: text.greeting });
  document.head.append(script);
  return script;
}

function addAccount() {
  const button = document.querySelector("#account");
  const claims = jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(claims), (c) => c.charCodeAt(0));
  const { name } = JSON.parse(new TextDecoder().decode(bytes));
  const draw = () => (button.textContent = text[chat.dataset.jwt ? "signOut" : "signIn"].replace("{name}", name));
  button.hidden = false;
  button.addEventListener("click", () => {
    chat.dataset.jwt = chat.dataset.jwt ? "" : jwt;
    draw();
  });
  draw();
}

function turn() {
  query.set("lang", language === "id" ? "en" : "id");
  location.search = query;
}

function ware({ name, price, drawn }) {
  const item = document.createElement("li");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const heading = document.createElement("h2");
  const cost = document.createElement("p");
  const ask = document.createElement("button");
  svg.setAttribute("viewBox", "0 0 190 120");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", drawn);
  svg.append(path);
  heading.textContent = text[name];
  cost.textContent = new Intl.NumberFormat(language, { style: "currency", currency: "IDR", maximumFractionDigits: 0 }).format(price);
  ask.textContent = text.ask;
  ask.type = "button";
  ask.setAttribute("aria-label", `${text.ask}: ${text[name]}`);
  ask.addEventListener("click", () => dispatchEvent(new CustomEvent("contactcenter:open")));
  item.append(svg, heading, cost, ask);
  return item;
}
