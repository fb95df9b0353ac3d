using Waggle.Core.Kernel;
using Waggle.Protocol.Model;

namespace Waggle.Core.Agents;

/// <summary>The learned proficiencies, as the view of an agent shows them.</summary>
internal interface IProficiencyView
{
    /// <summary>Returns what the hive learned of an agent by capability; null if it learned nothing, or does not learn.</summary>
    IReadOnlyDictionary<string, ProficiencyView>? Proficiencies(string agent);
}

internal static class ProficiencyViewExtensions
{
    extension(IHiveView view)
    {
        public IReadOnlyDictionary<string, ProficiencyView>? Proficiencies(string agent) => view.View<IProficiencyView>().Proficiencies(agent);
    }
}
