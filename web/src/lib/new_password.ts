/** Without letters and digits that are mistaken for one another when read aloud. */
const LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
const LENGTH = 16;

/** A password to hand over once. 16 of 54 letters are 92 bits. */
export function newPassword(): string {
  const limit = 256 - (256 % LETTERS.length); // bytes above would prefer the first letters
  let password = "";
  while (password.length < LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) {
      if (byte < limit && password.length < LENGTH) password += LETTERS[byte % LETTERS.length];
    }
  }
  return password;
}
