import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of its own that makes load: it gets one order and answers once. */
export type Load<In, Out> = {
  readonly pid: number | undefined;
  readonly run: (input: In) => Promise<Out>;
  readonly end: () => void;
};

const answerOf = <Out>(child: ChildProcess): Promise<Out> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a load process ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as Out); // `answerLoad` at the other end sends nothing else
    });
  });

/** Starts `bench/load/<name>.ts`. */
export const startLoad = <In extends object, Out>(name: string): Load<In, Out> => {
  const file = fileURLToPath(new URL(`../load/${name}.ts`, import.meta.url));
  const child = fork(file, [], { execArgv: ['--import', 'tsx'] });
  return {
    pid: child.pid,
    run: (input) => {
      const answer = answerOf<Out>(child);
      child.send(input);
      return answer;
    },
    end: () => void child.kill(),
  };
};

/** The other end: does what its `startLoad` sends, and ends with its parent. */
export const answerLoad = (work: (input: never) => Promise<object>): void => {
  process.on('disconnect', () => process.exit());
  process.on('message', (input) => {
    void work(input as never).then((answer) => process.send?.(answer));
  });
};
