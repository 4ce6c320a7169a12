// Loaded into a server by NODE_OPTIONS=--require, by one test alone: its wall clock is off by as many
// milliseconds as the file CLOCK_OFFSET_FILE says, from the moment on in which it says so.
const { readFileSync } = require('node:fs')

const file = process.env.CLOCK_OFFSET_FILE
const RealDate = Date

function readOffsetMs() {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return 0
  }
}

if (file !== undefined) {
  globalThis.Date = class extends RealDate {
    constructor(...values) {
      if (values.length === 0) super(RealDate.now() + readOffsetMs())
      else super(...values)
    }
    static now() {
      return RealDate.now() + readOffsetMs()
    }
  }
}
