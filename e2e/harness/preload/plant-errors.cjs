// Loaded into a server by NODE_OPTIONS=--require, by one test alone: at SIGUSR2 it leaves a promise
// rejected and an error uncaught.
if (process.env.PLANT_ERRORS === '1') {
  process.on('SIGUSR2', () => {
    Promise.reject(new Error('planted: rejected'))
    setImmediate(() => {
      throw new Error('planted: thrown')
    })
  })
}
