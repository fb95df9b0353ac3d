using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Waggle.Benchmarks.Commands;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Benchmarks.Matching;
using Waggle.Benchmarks.Store;

// dotnet run -c Release --project bench/Waggle.Benchmarks -- tasks | rest | fanout | dialects | store-commit | store-load | matching | --filter '*' | --list flat
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
    return 0;
}

// Options without a command are BenchmarkDotNet's.
if (args is not [] and not ["--help", ..] && args[0].StartsWith('-'))
{
    // In this process: a project made on the fly would inherit the settings of this tree, warnings as errors among them.
    var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)).AddDiagnoser(MemoryDiagnoser.Default);
    BenchmarkSwitcher.FromAssembly(typeof(CommitBenchmark).Assembly).Run(args, config);
    return 0;
}

// The hub, its workers and the clients as processes of their own.
var root = new RootCommand("Figures of Waggle that can be measured again on any machine.")
{
    TasksCommand.Create(), RestCommand.Create(), FanOutCommand.Create(), DialectsCommand.Create(), BenchWorker.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
