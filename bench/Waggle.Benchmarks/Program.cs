using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Waggle.Benchmarks.Matching;
using Waggle.Benchmarks.Store;

// dotnet run -c Release --project bench/Waggle.Benchmarks -- store-commit | store-load | matching | --filter '*' | --list flat
var stores = new Dictionary<string, Func<string[], Task>>
{
    // Whole runs, with arguments of their own: one figure a run is what they are about.
    ["store-commit"] = CommitBenchmark.Run,
    ["store-load"] = LoadBenchmark.Run,
    ["matching"] = MatchingBenchmark.Run,
};

if (args.Length > 0 && stores.TryGetValue(args[0], out var run))
{
    await run(args[1..]);
    return;
}

// In this process: a project made on the fly would inherit the settings of this tree, warnings as errors among them.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)).AddDiagnoser(MemoryDiagnoser.Default);
BenchmarkSwitcher.FromAssembly(typeof(CommitBenchmark).Assembly).Run(args, config);
