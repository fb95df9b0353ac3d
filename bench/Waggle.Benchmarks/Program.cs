using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Waggle.Benchmarks.Commands;
using Waggle.Benchmarks.EndToEnd;
using Waggle.Benchmarks.Matching;
using Waggle.Benchmarks.Search;
using Waggle.Benchmarks.Store;

// dotnet run -c Release --project bench/Waggle.Benchmarks -- tasks | fair | rest | memory | search | fanout | dialects | workflows | learning | store-commit | store-load | matching | task-search | --filter '*' | --list flat
var stores = new Dictionary<string, Func<string[], Task>>
{
    // These commands run with arguments of their own, because each run yields one figure.
    ["store-commit"] = CommitBenchmark.Run,
    ["store-load"] = LoadBenchmark.Run,
    ["matching"] = MatchingBenchmark.Run,
    ["task-search"] = TaskSearchBenchmark.Run,
};

if (args.Length > 0 && stores.TryGetValue(args[0], out var run))
{
    await run(args[1..]);
    return 0;
}

// Options without a command belong to BenchmarkDotNet.
if (args is not [] and not ["--help", ..] && args[0].StartsWith('-'))
{
    // The benchmarks run in this process, because a generated project would inherit the settings of this tree, such as warnings as errors.
    var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)).AddDiagnoser(MemoryDiagnoser.Default);
    BenchmarkSwitcher.FromAssembly(typeof(CommitBenchmark).Assembly).Run(args, config);
    return 0;
}

// The hub, its workers and the clients are processes of their own.
var root = new RootCommand("Figures of Waggle that can be measured again on any machine.")
{
    TasksCommand.Create(), FairCommand.Create(), RestCommand.Create(), MemoryCommand.Create(), SearchCommand.Create(), FanOutCommand.Create(), DialectsCommand.Create(),
    WorkflowsCommand.Create(), LearningCommand.Create(), BenchWorker.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
