// What is written down while a turn goes on: its record in the journal, its failures in the log.

import type { Failure } from '../../contract/errors.ts'
import type { Logger } from '../../contract/runtime.ts'
import type { AskedMessage, PartRecord, TurnRecord, TurnState } from '../../contract/turn.ts'
import type { Write } from '../../store/coordination.ts'
import type { BridgeWorld, LiveTurn } from '../world.ts'

export interface Keeper {
  /** `also` is in the same commit. */
  save(state: TurnState, also?: readonly Write[]): Promise<void>
  saveParts(parts: readonly PartRecord[]): Promise<void>
  saveAsked(asked: AskedMessage): Promise<void>
  /** What a run has said so far. */
  saveSaid(said: string): Promise<void>
  /** Everything at once. */
  saveRecord(record: TurnRecord): Promise<void>
}

/** A journal that cannot be written costs safety, not the reply: the person still gets it. */
export function createKeeper(turn: LiveTurn, world: BridgeWorld, log: Logger): Keeper {
  return {
    save: (state, also) => write({ ...turn.record, state }, also),
    saveParts: (parts) => write({ ...turn.record, parts }),
    saveAsked: (asked) => write({ ...turn.record, asked }),
    saveSaid: (said) => write({ ...turn.record, said }),
    saveRecord: (record) => write(record),
  }

  async function write(record: TurnRecord, also?: readonly Write[]): Promise<void> {
    turn.record = record
    await world.journal.save(record, also).catch((error: unknown) => {
      log.error({ phase: record.state.phase }, 'journal not written', error)
    })
  }
}

export function reportFailure(failure: Failure, world: BridgeWorld, log: Logger): void {
  const { kind, code, logid, httpStatus, outcome, detail } = failure
  world.metrics.count('bridge_coze_errors_total', { kind, code: String(code ?? '') })
  log.warn({ kind, code, logid, httpStatus, outcome, detail }, 'the assistant failed')
}
