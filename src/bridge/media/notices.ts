// Why is a file left out? One sentence each, with its name and the limit.

import type { TakenFile } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import { toSize } from '../../media/names.ts'

type Nothing = Extract<TakenFile, { as: 'nothing' }>

export interface FileNotices {
  tooLarge(sizeBytes: number, limitBytes: number): Nothing
  /** The assistant says so, and not how much it takes. */
  tooLargeThere(sizeBytes: number): Nothing
  /** The platform hands out no more. */
  tooLargeHere(limitBytes: number): Nothing
  /** `type`: its ending; '' where it has none. */
  wrongType(type: string): Nothing
  textTooLong(limitBytes: number): Nothing
  empty(): Nothing
  expired(): Nothing
  unavailable(): Nothing
  noFiles(): Nothing
  notHeard(): Nothing
  silent(): Nothing
  voiceTooLong(limitBytes: number): Nothing
}

/** `name`: what people call it. */
export function fileNotices(name: string): FileNotices {
  const nothing = (key: Notice['key'], params: Notice['params'] = {}): Nothing => ({
    as: 'nothing',
    notice: { key, params: { name, ...params } },
  })
  return {
    tooLarge: (sizeBytes, limitBytes) =>
      nothing('media.tooLarge', { size: toSize(sizeBytes), limit: toSize(limitBytes) }),
    tooLargeThere: (sizeBytes) => nothing('media.tooLargeThere', { size: toSize(sizeBytes) }),
    tooLargeHere: (limitBytes) => nothing('media.tooLargeHere', { limit: toSize(limitBytes) }),
    wrongType: (type) =>
      type === ''
        ? nothing('media.unknownType')
        : nothing('media.wrongType', { type: type.toLowerCase().slice(0, 20) }),
    textTooLong: (limitBytes) => nothing('media.textTooLong', { limit: toSize(limitBytes) }),
    empty: () => nothing('media.empty'),
    expired: () => nothing('media.expired'),
    unavailable: () => nothing('media.unavailable'),
    noFiles: () => nothing('media.noFiles'),
    notHeard: () => nothing('voice.notHeard'),
    silent: () => nothing('voice.silent'),
    voiceTooLong: (limitBytes) => nothing('voice.tooLong', { limit: toSize(limitBytes) }),
  }
}
