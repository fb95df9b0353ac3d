using Waggle.Protocol;

namespace Waggle.Core.Agents;

/// <summary>Validates capabilities in a hello and in a task's requirements.</summary>
internal static class CapabilityRules
{
    public static string? Problem(string field, IReadOnlyDictionary<string, double> capabilities)
    {
        if (capabilities.Count > Limits.MaxCapabilities) return $"{field} has at most {Limits.MaxCapabilities} entries; there were {capabilities.Count}.";
        foreach (var (name, proficiency) in capabilities)
        {
            if (!Ids.IsValid(name)) return Ids.Rule($"{field}: capability", name);
            if (proficiency is not (>= 0 and <= 1)) return $"{field}.{name} is a proficiency, 0 to 1.";
        }

        return null;
    }
}
