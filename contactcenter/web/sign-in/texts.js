/** The words of the sign-in page. */
import { add } from "../base/i18n.js";

add({
  en: {
    "sign_in.title": "Sign in",
    "sign_in.login": "Login",
    "sign_in.password": "Password",
    "sign_in.do": "Sign in",
    "sign_in.refused": "That login and password do not go together, or there were too many attempts just now. Check them, and try again in a while.",
    "sign_in.often": {
      one: "Too many attempts. Try again in {count} second.",
      other: "Too many attempts. Try again in {count} seconds.",
    },
    "sign_in.forgotten": "Forgotten? An administrator makes you a link to set a new password.",
  },
  id: {
    "sign_in.title": "Masuk",
    "sign_in.login": "Nama pengguna",
    "sign_in.password": "Kata sandi",
    "sign_in.do": "Masuk",
    "sign_in.refused": "Nama pengguna dan kata sandi tidak cocok, atau baru saja terlalu banyak percobaan. Periksa keduanya, lalu coba lagi sebentar lagi.",
    "sign_in.often": { other: "Terlalu banyak percobaan. Coba lagi dalam {count} detik." },
    "sign_in.forgotten": "Lupa? Administrator dapat membuatkan tautan untuk mengatur kata sandi baru.",
  },
});
