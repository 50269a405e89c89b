// Whom does somebody mean who types a list of people and chats?

const ENTRY = /^(?:[A-Za-z0-9_-]{1,64}\/)?(?:user|chat|role):\S+$/

/** As access lists write them, with commas or spaces between. Undefined where one of them names nobody. */
export function fromText(text: string): readonly string[] | undefined {
  const entries = text.split(/[\s,，、]+/).filter((entry) => entry !== '')
  return entries.every((entry) => ENTRY.test(entry)) ? entries : undefined
}
