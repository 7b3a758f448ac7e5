/** The words of the page on which a password is set by a link. */
import { add } from "../base/i18n.js";

add({
  en: {
    "set_password.title": "Set your password",
    "set_password.new": "New password",
    "set_password.again": "New password again",
    "set_password.rule": "{least} characters or more. A few words that you remember are better than signs that you do not.",
    "set_password.short": {
      one: "{count} character more is needed",
      other: "{count} characters more are needed",
    },
    "set_password.differs": "The two are not the same",
    "set_password.do": "Set the password",
    "set_password.done": "Your password is set. All former sign-ins of yours have ended.",
    "set_password.sign_in": "Sign in",
    "set_password.no_link": "This page is opened by a link",
    "set_password.no_link_text": "The link that an administrator gives you ends in a long word behind a #. Copy it whole, or ask for a new one.",
    "set_password.used": "This link does not work, or not any more: each works once, for 24 hours. Ask an administrator for a new one.",
  },
  id: {
    "set_password.title": "Atur kata sandi",
    "set_password.new": "Kata sandi baru",
    "set_password.again": "Kata sandi baru sekali lagi",
    "set_password.rule": "Paling sedikit {least} karakter. Beberapa kata yang Anda ingat lebih baik daripada tanda yang mudah lupa.",
    "set_password.short": { other: "Masih kurang {count} karakter" },
    "set_password.differs": "Keduanya tidak sama",
    "set_password.do": "Atur kata sandi",
    "set_password.done": "Kata sandi Anda sudah diatur. Semua sesi masuk Anda yang lama telah berakhir.",
    "set_password.sign_in": "Masuk",
    "set_password.no_link": "Halaman ini dibuka lewat tautan",
    "set_password.no_link_text": "Tautan dari administrator berakhir dengan kata panjang setelah tanda #. Salin seluruhnya, atau minta yang baru.",
    "set_password.used": "Tautan ini tidak berlaku, atau tidak lagi: masing-masing berlaku sekali, selama 24 jam. Minta yang baru kepada administrator.",
  },
});
