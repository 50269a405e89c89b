// How is a file of this turn taken? By its route, its agent, and in its person's language.

import type { Attachment } from '../../contract/event.ts'
import type { MediaSettings, Policy, VoiceSettings } from '../../contract/policy.ts'
import type { Words } from '../../contract/runtime.ts'
import type { TurnRecord } from '../../contract/turn.ts'
import { cleanFileName } from '../../media/names.ts'
import type { Journal } from '../../store/journal.ts'
import { languageFor } from '../language.ts'
import { routeFor } from '../route.ts'
import { createSharing, type Sharing } from './sharing.ts'
import type { TakeHow } from './take-file.ts'
import type { UploadsWorld } from './uploads.ts'

export interface UploadsParts extends Omit<UploadsWorld, 'sharing' | 'howFor' | 'save'> {
  readonly policy: Policy
  readonly words: Words
  readonly journal: Pick<Journal, 'save'>
  /** Of the whole process, where it has several bridges. */
  readonly sharing?: Sharing
}

/** For a turn whose route is gone meanwhile. */
const PLAIN_MEDIA: MediaSettings = {
  maxFileBytes: 512 << 20,
  inlineTextBytes: 64 << 10,
  mergeWindowMs: 0,
  attach: true,
}
const PLAIN_VOICE: VoiceSettings = { input: 'transcribe', quote: false, replies: 'never' }

export function uploadsWorld(parts: UploadsParts): UploadsWorld {
  return {
    ...parts,
    sharing: parts.sharing ?? createSharing(),
    howFor: (record, file, use) => howFor(record, file, use, parts),
    save: (record) =>
      parts.journal.save(record).catch((error: unknown) => {
        parts.log.error({ turn: record.id }, 'journal not written', error)
      }),
  }
}

function howFor(
  { asked, command, agent }: TurnRecord,
  file: Attachment,
  use: TakeHow['use'],
  { policy, words }: UploadsParts,
): TakeHow {
  const route = routeFor(asked, command?.name, policy)
  const locale = languageFor(asked, route, policy)
  return {
    use,
    media: route?.media ?? PLAIN_MEDIA,
    voice: route?.voice ?? PLAIN_VOICE,
    // Coze docs: run chatflow. Its question is text alone.
    takesFiles: use === 'parameter' || policy.agents[agent]?.kind !== 'chatflow',
    // It stands in a sentence: what would turn that round, or break its line, is not in it.
    name: cleanFileName(file.name, words.say({ key: `media.name.${file.kind}` }, locale)),
  }
}
