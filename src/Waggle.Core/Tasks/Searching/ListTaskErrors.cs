using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Tasks.Searching;

/// <summary>Groups the tasks that failed, expired or wait for a retry by their errors, the most frequent error first.</summary>
public sealed record ListTaskErrors(TaskQuery Filter, int Limit = ListTaskErrors.StandardLimit) : Query<TaskErrorPage>
{
    /// <summary>The greatest number of groups where none is given.</summary>
    public const int StandardLimit = 100;

    internal override async Task<Outcome<TaskErrorPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        var head = reader.Head;
        if (TaskListRules.Problem(Filter, "filter") is { } wrong) return new(null, wrong, head);
        if (Limit is < 1 or > Limits.MaxPageSize)
            return new(null, new(ErrorCodes.InvalidRequest, $"limit is 1 to {Limits.MaxPageSize}; it was {Limit}."), head);
        if (TaskListRules.Refusal(By, Filter) is { } refused) return new(null, refused, head);
        if (Filter.Agent is not null) return new(null, new(ErrorCodes.InvalidRequest, "Errors are not grouped by agent: leave agent out."), head);
        if (TaskSearch.Of(reader) is not { } search) return new(null, TaskSearch.Missing, head);
        var at = search.At;
        var (groups, problem) = await search.DoAsync(
            async index => await index.GroupAsync(TaskSearch.QueryOf(By, Filter), Limit + 1, cancel), cancel);
        if (groups is null) return new(null, problem, head);
        var page = new TaskErrorPage([.. groups.Take(Limit).Select(g => new TaskErrorGroup
        {
            Fingerprint = g.Fingerprint,
            Code = g.Code,
            Message = g.Message,
            Count = g.Count,
            FirstAt = g.FirstAt,
            LastAt = g.LastAt,
            Task = g.Task,
            Types = g.Types,
        })], groups.Count > Limit);
        return new(page, null, at);
    }
}
