// The script "workflows": commands that run Coze workflows, as people on every platform meet them.

import type { Script } from '../step.ts'
import { agentSteps } from './agents.ts'
import { commandSteps } from './commands.ts'
import { workflowsConfig } from './config.ts'
import { controlSteps } from './controls.ts'
import { workflowsCoze } from './flows.ts'
import { questionSteps } from './questions.ts'
import { recoverySteps } from './recovery.ts'
import { openService } from './service.ts'

export const workflows: Script = {
  name: 'workflows',
  title: 'Slash commands that run Coze workflows, with questions, buttons and forms',
  configFor: workflowsConfig,
  coze: workflowsCoze,
  openService,
  commands: [
    'weather',
    'order',
    'trip',
    'book',
    'inspect',
    'ramble',
    'hurry',
    'report',
    'lost',
    'broken',
    'tour',
    'grant',
    'slow',
  ],
  steps: [...commandSteps, ...questionSteps, ...controlSteps, ...agentSteps, ...recoverySteps],
}
