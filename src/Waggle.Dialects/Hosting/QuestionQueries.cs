using Waggle.Core;
using Waggle.Core.Kernel;
using Waggle.Core.Questions;
using Waggle.Protocol.Messages;

namespace Waggle.Dialects.Hosting;

/// <summary>The queries that messages about questions stand for.</summary>
internal static class QuestionQueries
{
    private const int StandardLimit = 100;

    public static async Task<Outcome> RunAsync(IHive hive, ClientMessage message, Principal by) => message switch
    {
        QuestionList m => await hive.QueryAsync(
            new ListQuestions(m.Swarm, m.Task, m.State, m.Cursor, m.Limit ?? StandardLimit) { By = by }, CancellationToken.None),
        _ => throw new InvalidOperationException($"{message.GetType().Name} is no query about questions."),
    };
}
