import { ANSWER_FAULT_ROWS } from './answer-fault-rows.ts'
import { ENGINE_FAULT_ROWS } from './engine-fault-rows.ts'
import type { FaultRow } from './fault-row.ts'
import { READER_FAULT_ROWS } from './reader-fault-rows.ts'
import { SERVER_FAULT_ROWS } from './server-fault-rows.ts'

const numberOf = ({ id }: FaultRow) => Number(id.slice(1))

/** The failure model, F1 to F45. */
export const FAULT_ROWS: readonly FaultRow[] = [
  ...ENGINE_FAULT_ROWS,
  ...READER_FAULT_ROWS,
  ...ANSWER_FAULT_ROWS,
  ...SERVER_FAULT_ROWS,
].sort((a, b) => numberOf(a) - numberOf(b))
