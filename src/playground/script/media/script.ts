// The script "media": pictures, files and voices both ways, as people on every platform meet them.

import type { Script } from '../step.ts'
import { mediaCoze } from './agent.ts'
import { mediaConfig } from './config.ts'
import { incomingSteps } from './incoming.ts'
import { outgoingSteps } from './outgoing.ts'

export const media: Script = {
  name: 'media',
  title: 'Pictures, albums, files and voice messages, both ways',
  configFor: mediaConfig,
  coze: mediaCoze,
  commands: [],
  steps: [...incomingSteps, ...outgoingSteps],
}
