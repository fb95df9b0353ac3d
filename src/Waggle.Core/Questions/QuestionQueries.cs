using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>One question, with its answer if there is one.</summary>
public sealed record ShowQuestion(string Question) : Command<QuestionView>
{
    public override string Right => Permissions.ReadTasks;

    public override Error? Malformed() => Ids.IsValid(Question) ? null : new(ErrorCodes.InvalidRequest, Ids.Rule("question", Question));

    public override void CollectColdKeys(IHiveView view, List<EntityKey> keys)
    {
        if (view.Question(Question) is null) keys.Add(QuestionEntity.KeyOf(Question));
    }

    public override Decision<QuestionView> Decide(IHiveView view, in DecisionContext context) =>
        view.Question(Question) is { } question ? Decision.Of(question.Shown) : AnswerQuestion.Missing(Question);
}

/// <summary>Lists the questions of the swarms that the principal reaches, the newest first, one page at a time.</summary>
public sealed record ListQuestions(
    string? Swarm = null, string? Task = null, QuestionState? State = null, string? Cursor = null, int Limit = 100) : Query<QuestionPage>
{
    internal override async Task<Outcome<QuestionPage>> RunAsync(HiveReader reader, CancellationToken cancel)
    {
        if (PageRules.Refusal(By, Permissions.ReadTasks, Cursor, Limit) is { } refusal) return new(null, refusal, reader.Head);
        if (Swarm is not null && !By.Reaches(Swarm)) return new(null, new(ErrorCodes.Forbidden, By.OutOfReach(Swarm)), reader.Head);
        var equal = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (Swarm is not null) equal["swarm"] = [Swarm];
        else if (By.Swarms is { } reached) equal["swarm"] = [.. reached];
        if (Task is not null) equal["task"] = [Task];
        if (State is { } state) equal["state"] = [SnakeCase.Of(state)];
        var query = new EntityQuery(QuestionEntity.Entity.Name, equal, After: PageRules.SeqOf(Cursor), Limit: Limit);
        var (found, next, at) = await reader.PageAsync(query, QuestionFeature.Questions, null, cancel);
        return new(new QuestionPage([.. found.Select(q => q.Shown)], next), null, at);
    }
}
