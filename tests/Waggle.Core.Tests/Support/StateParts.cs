using Waggle.Core.Agents;
using Waggle.Core.Hives;
using Waggle.Core.Kernel;
using Waggle.Core.Learning;
using Waggle.Core.Tasks;
using Waggle.Core.Tasks.Matching;

namespace Waggle.Core.Tests.Support;

/// <summary>The parts of a state that tests read and decisions do not see.</summary>
internal static class StateParts
{
    extension(HiveState state)
    {
        public IReadOnlyCollection<TaskEntity> Tasks => state.TaskState.Tasks;

        public PendingQueue Pending => state.TaskState.Dispatch.Pending;

        public TasksState TaskState => (TasksState)state.View<ITaskView>();

        public IProficiencyDraws LearningDraws => (LearningState)state.View<ILearningView>();

        public AgentsState AgentState => (AgentsState)state.View<IAgentView>();
    }
}
