/** The double as a process of its own, with the arguments FILE [PORT]. Says its port, then serves. */
import { startWireDouble } from './start.ts';

const [file, port = '0'] = process.argv.slice(2);
const double = await startWireDouble({ port: Number(port), ...(file === undefined ? {} : { file }) });
process.stdout.write(`${double.port}\n`);
// Never longer than the test that started it.
process.stdin.on('end', () => process.exit(0)).resume();
