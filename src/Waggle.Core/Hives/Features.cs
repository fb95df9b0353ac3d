using System.Runtime.CompilerServices;
using Waggle.Core.AgentReports;
using Waggle.Core.Agents;
using Waggle.Core.Apps;
using Waggle.Core.Audit;
using Waggle.Core.Budgets;
using Waggle.Core.Bulk;
using Waggle.Core.Chat;
using Waggle.Core.Consensus;
using Waggle.Core.Durations;
using Waggle.Core.Identifiers;
using Waggle.Core.Insight;
using Waggle.Core.Kernel;
using Waggle.Core.Logs;
using Waggle.Core.Memory;
using Waggle.Core.Messaging;
using Waggle.Core.Notifications;
using Waggle.Core.Performance;
using Waggle.Core.Presence;
using Waggle.Core.Purges;
using Waggle.Core.Questions;
using Waggle.Core.Runners;
using Waggle.Core.Schedules;
using Waggle.Core.Schemas;
using Waggle.Core.Search;
using Waggle.Core.Swarms;
using Waggle.Core.Tasks;
using Waggle.Core.Tokens;
using Waggle.Core.Topology;
using Waggle.Core.Workflows;

namespace Waggle.Core.Hives;

/// <summary>The features of a hive, one on each line. The hive creates their states, and applies a record, in this order.</summary>
internal static class Features
{
    public static IReadOnlyList<Feature> All { get; } =
    [
        new IdFeature(),
        new AgentFeature(),
        new TopologyFeature(),
        new DurationFeature(),
        new TaskFeature(),
        new SwarmFeature(),
        new InsightFeature(),
        new PresenceFeature(),
        new ChatFeature(),
        new NotificationFeature(),
        new AppFeature(),
        new MemoryFeature(),
        new ConsensusFeature(),
        new SearchFeature(),
        new PerformanceFeature(),
        new SchemaFeature(),
        new RunnerFeature(),
        new AgentReportFeature(),
        new MessagingFeature(),
        new ScheduleFeature(),
        new QuestionFeature(),
        new WorkflowFeature(),
        new TokenFeature(),
        new AuditFeature(),
        new BudgetFeature(),
        new TaskLogFeature(),
        new BulkFeature(),
        new PurgeFeature(),
    ];

    /// <summary>The features of a hive with these options.</summary>
    public static IReadOnlyList<Feature> Of(HiveOptions options) => options.MoreFeatures is [] ? All : [.. All, .. options.MoreFeatures];

    // Records are read without a hive, too (tests, tools), and by then their kinds must be known.
#pragma warning disable CA2255 // The alternative is a call in every entry point of the library.
    [ModuleInitializer]
    internal static void Register() => FeatureCatalog.Add(All);
#pragma warning restore CA2255
}
