// What do Feishu's own numbers mean for us? A table from code to kind.
//
// https://open.feishu.cn/document/server-docs/api-call-guide/generic-error-code, and the error tables of
// "Send message", "Reply to message", "Edit message" (im/v1/messages) and of CardKit (cardkit/v1).
import type { PlatformFailureKind } from '../../src/contract/errors.ts'

/** The tenant token is missing, unknown or over: another one is fetched, once. */
export const TOKEN_CODES: ReadonlySet<number> = new Set([99991661, 99991663, 99991671])
/** The app's id or secret is wrong, as the token endpoint says it. */
export const SECRET_CODES: ReadonlySet<number> = new Set([10003, 10014, 10015, 20002, 99991543])
/** The app lacks a scope; `msg` lists which would do. */
export const SCOPE_CODES: ReadonlySet<number> = new Set([99991672, 99991679])
/** Streaming mode is over: ten minutes, or switched off. */
export const STREAMING_OVER_CODES: ReadonlySet<number> = new Set([200510, 200850, 300309])
export const SEQUENCE_BEHIND = 300317
/** "Failed to create card content": what exactly stands in the message as `ErrCode: <number>`. */
export const CARD_CONTENT = 230099
/** The key of a picture is unknown, or that of another app. */
export const PICTURE_CODES: ReadonlySet<number> = new Set([200570, 230017])

export type CodeKind =
  | Exclude<PlatformFailureKind, 'unavailable' | 'cancelled'>
  /** Nothing happened; the same again may go through. */
  | 'busy'
  /** Whether something happened is not known. */
  | 'broken'

const KINDS: ReadonlyMap<number, CodeKind> = new Map([
  ...kind('rate-limited', [230020, 99991400, 11232, 11233]),
  ...kind('gone', [230011, 230019, 230031, 230050, 230110, 230111, 231003, 231004, 231005, 232009]),
  ...kind('gone', [200740, 200750, 300311, ...STREAMING_OVER_CODES, 234003, 234040]),
  ...kind('denied', [230002, 230006, 230013, 230015, 230018, 230027, 230029, 230034, 230035, 230038, 230053]),
  ...kind('denied', [231002, 231008, 234002, 234009, 234019, 234041]),
  // One file that is not handed out; the app's own rights are in order.
  ...kind('rejected', [234004, 234006, 234037, 234038]),
  ...kind('unsupported', [234043]),
  ...kind('denied', [...TOKEN_CODES, ...SCOPE_CODES, 10014, 10015, 20002, 99991543]),
  ...kind('denied', [99991401, 99991403, 99991640, 99991664, 99991665, 99991668, 99991677]),
  ...kind('denied', [99992351, 99992361]),
  ...kind('unsupported', [99991201]),
  // A message under the same uuid is on its way; a card is being pressed; a server stumbles over itself.
  ...kind('broken', [230049, 300120, 300121, 300122, 300000, 1663, 2200, 234042]),
  ...kind('busy', [200810]),
])

/** On an edit these mean: edited twenty times, or too old to be edited. On a reply they mean something else. */
const NO_MORE_EDITS: ReadonlySet<number> = new Set([230072, 230075])

/** Undefined for numbers that say no more than the HTTP status does. */
export function kindOfCode(code: number, what: string, message: string): CodeKind | undefined {
  if (code === CARD_CONTENT)
    return isFreshCardWords(message) || isLockedCardWords(message) ? 'busy' : 'rejected'
  if (what.startsWith('PUT ') && NO_MORE_EDITS.has(code)) return 'gone'
  if (what.startsWith('PUT ') && code === 230071) return 'denied'
  return KINDS.get(code)
}

/** Feishu docs: get a resource of a message, upload image, upload file. */
export function limitBytesOf(code: number, what: string): number | undefined {
  if (code === 234037) return 100 << 20
  if (code !== 234006) return undefined
  return what.includes('/images') ? 10 << 20 : 30 << 20
}

/** A card just made is not known everywhere yet; sent again a moment later it goes through. */
export function isFreshCardWords(message: string): boolean {
  return /card_?id is invalid/i.test(message)
}

/** Somebody presses a button of it right now: as soon as that is answered the card may be changed. */
export function isLockedCardWords(message: string): boolean {
  return /card action is lock/i.test(message)
}

function kind(name: CodeKind, codes: readonly number[]): readonly (readonly [number, CodeKind])[] {
  return codes.map((code) => [code, name] as const)
}
