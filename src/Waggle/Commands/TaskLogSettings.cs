using System.CommandLine;
using Waggle.Commands.Configuration;
using Waggle.Shared;
using HiveOptions = Waggle.Core.Kernel.HiveOptions;

namespace Waggle.Commands;

/// <summary>The settings of the stored log lines of tasks.</summary>
internal sealed class TaskLogSettings(Settings settings, HiveOptions standard)
{
    private readonly Option<Duration> _retention = settings.Duration(
        "task_log_retention", "How long the log lines of tasks are kept. They are deleted in slices, up to one part in 32 later.", standard.TaskLogRetention);

    private readonly Option<int> _quota = settings.Number(
        "task_log_quota", "The bytes of log lines that one task may have. Beyond them its oldest lines are deleted.",
        least: 65_536, most: int.MaxValue, standard: (int)standard.TaskLogQuota);

    private readonly Option<int> _total = settings.Number(
        "task_log_total_quota", "The bytes of log lines that all tasks may have together. Beyond them the oldest lines are deleted.",
        least: 1_048_576, most: int.MaxValue, standard: (int)standard.TaskLogTotalQuota);

    public HiveOptions Apply(HiveOptions options, ParseResult parse) => options with
    {
        TaskLogRetention = parse.GetValue(_retention).Value,
        TaskLogQuota = parse.GetValue(_quota),
        TaskLogTotalQuota = parse.GetValue(_total),
    };
}
