// Which scripts are there?

import { media } from './media/script.ts'
import type { Script } from './step.ts'
import { workflows } from './workflows/script.ts'

export const SCRIPTS: readonly Script[] = [workflows, media]
