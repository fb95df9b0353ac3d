namespace Waggle.Core.Learning;

/// <summary>The draws by which the matcher compares agents.</summary>
internal interface IProficiencyDraws
{
    /// <summary>Returns the draw for a capability of an agent; null if there is none, and then the declared proficiency counts.</summary>
    double? Draw(string agent, string capability);

    /// <summary>Registers a callback for an agent with a new draw.</summary>
    void OnDraw(Action<string> drawn);
}
