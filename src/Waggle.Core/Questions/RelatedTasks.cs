using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Core.Tasks;
using Waggle.Protocol.Model;

namespace Waggle.Core.Questions;

/// <summary>
/// Keeps an agent from answering itself: it answers no question of a task that it works on, nor of such a task's ancestors or descendants. A task's ancestors
/// are its parent, the parent's parent, and so on.
/// </summary>
internal static class RelatedTasks
{
    // A chain of parents has no circle, because a parent exists before its child. The limit bounds the work of a decision.
    private const int MostAncestors = 100;

    /// <summary>Returns the reason why an agent may not answer; null if it may.</summary>
    public static string? Refusal(string agent, QuestionView asked, IHiveView hive)
    {
        if (agent == asked.Agent) return $"Agent '{agent}' asked question {asked.Id} itself.";
        var own = new HashSet<string>(hive.WaitingTasks(agent), StringComparer.Ordinal);
        own.UnionWith(hive.Presence(agent)?.Holding ?? []);
        foreach (var ancestor in Lineage(asked.Task, hive))
        {
            // A completed task keeps the lease of the agent that completed it, which works on it no more.
            if (own.Contains(ancestor.Id) || (ancestor.IsHeld && ancestor.Lease?.Agent == agent) || ancestor.Question?.Agent == agent)
                return Own(agent, asked, ancestor.Id == asked.Task ? "it works on task" : "it works on an ancestor of task");
        }

        return own.Any(id => Lineage(id, hive).Any(t => t.Id == asked.Task)) ? Own(agent, asked, "it works on a descendant of task") : null;
    }

    public static void CollectColdKeys(QuestionView asked, IHiveView view, List<EntityKey> keys)
    {
        var last = Lineage(asked.Task, view).LastOrDefault();
        if (last?.Spec.Parent is { } parent) keys.Add(new(TaskEntity.Entity.Name, parent));
    }

    private static string Own(string agent, QuestionView asked, string cause) =>
        $"Agent '{agent}' may not answer question {asked.Id}: {cause} {asked.Task}.";

    // The task and its ancestors that are at hand, the task first.
    private static IEnumerable<TaskEntity> Lineage(string id, IHiveView view)
    {
        var next = id;
        for (var i = 0; i < MostAncestors && next is not null && view.Task(next) is { } task; i++)
        {
            yield return task;
            next = task.Spec.Parent;
        }
    }
}
