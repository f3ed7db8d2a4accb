/**
 * A program that solves on two threads and ends without closing them; what it prints is for node.spec.ts to
 * judge. The first argument is where the package is.
 */
const { InlineBackend, backend, packedProblems, solvedPoses } = await import(
  `${process.argv[2]}/backend/index.js`
);
const { scene } = await import(`${process.argv[2]}/problem/index.js`);

const problems = packedProblems(
  Array.from({ length: 20 }, (_, seed) => scene("cube", { seed, n: 8 }).correspondences),
);
const threads = await backend({ name: "threads", threads: { threads: 2 } });
const several = await solvedPoses(threads, problems);
const alone = await solvedPoses(new InlineBackend(), problems);
if (process.argv[3] === "close") await threads.close();
const same = several.pose.every((entry: number, k: number) => Object.is(entry, alone.pose[k]));
console.log(`${threads.name} ${threads.threads} ${same} ${several.status.join()}`);

export {};
