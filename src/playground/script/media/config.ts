// What is the bridge of this script told about files and voices? Its whole configuration file.

import type { PlatformName } from '../../seats.ts'
import { platformLines } from '../platform-lines.ts'
import { VOICE_ID } from './said.ts'

/** So long a picture waits for its question. */
export const MERGE_MS = 1_500

export function mediaConfig(platforms: readonly PlatformName[]): string {
  return `coze:
  apiBase: "\${env:COZE_API_BASE}"
  auth: { kind: token, token: "\${env:COZE_API_TOKEN}" }
  limits: { chatsPerSecond: 0 }
agents:
  default: { bot: "\${env:COZE_BOT_ID}" }
platforms:
${platformLines(platforms)}
routes:
  - agent: default
    media: { mergeWindowMs: ${MERGE_MS} }
    controls: { listen: true }
    voice: { input: transcribe, quote: true, replies: voice, voice: "${VOICE_ID}" }
budgets: { questionsPerHour: 0 }
`
}
