"""The Workbench's keys. Footer, help and keymaps read this one table; every binding has an id to remap it by."""

from textual.binding import Binding, BindingType

from tui.workbench.layout import PANES

# Priority where the text editor has a use of its own for the key (F6, F7) or would take it first.
KEYS: list[BindingType] = [
    Binding("f4,ctrl+enter", "run", "Run", id="workbench.run", key_display="F4", priority=True),
    Binding("escape", "stop", "Stop", id="workbench.stop", key_display="Esc"),
    Binding("f6", "examples", "Examples", id="workbench.examples", key_display="F6", priority=True),
    Binding("ctrl+s", "save", "Save", id="workbench.save", key_display="^S", priority=True),
    Binding("d,alt+h", "hunks", "Change by hunks", show=False, id="workbench.hunks"),
    Binding("alt+u", "undo_save", "Take the last save back", show=False, id="workbench.undo-save", priority=True),
    Binding("ctrl+y", "copy_block", "Copy the pane's code", show=False, id="workbench.copy-block", priority=True),
    Binding("w", "who_wrote", "Who wrote which line", show=False, id="workbench.who-wrote"),
    Binding("f7", "options", "Pattern", id="workbench.options", key_display="F7", priority=True),
    Binding("f8", "next_pane", "Pane", id="workbench.next-pane", key_display="F8", priority=True),
    Binding("shift+f8", "next_pane(-1)", "Previous pane", show=False, id="workbench.previous-pane", priority=True),
    Binding("ctrl+o", "expand", "Raw", id="workbench.expand", key_display="^O", priority=True),
    Binding("slash", "prompt('/')", "Command", show=False, id="workbench.command"),
    Binding("i", "prompt", "Prompt", show=False, id="workbench.prompt"),
    Binding("alt+z", "undo_turn", "Go back a turn", show=False, id="workbench.undo", priority=True),
    Binding("f12", "answer", "Answer a question", show=False, id="workbench.answer", priority=True),
    Binding("n", "answer_shown(1)", "Next answer", show=False, id="workbench.next-answer"),
    Binding("p", "answer_shown(-1)", "Previous answer", show=False, id="workbench.previous-answer"),
    Binding("ctrl+n,alt+n", "next_finding", "Finding", show=False, id="workbench.next-finding", priority=True),
    Binding(
        "alt+p,ctrl+shift+n",
        "next_finding(-1)",
        "Previous finding",
        show=False,
        id="workbench.previous-finding",
        priority=True,
    ),
    # Ctrl+. reaches the program in few terminals, Alt+Enter opens a full screen in some: Ctrl+L in all of them.
    Binding(
        "alt+enter,ctrl+full_stop,ctrl+l",
        "fix_finding",
        "Fix the finding at the cursor",
        show=False,
        id="workbench.fix-finding",
        priority=True,
    ),
    Binding(
        "alt+i",
        "silence_finding",
        "Silence the finding at the cursor",
        show=False,
        id="workbench.silence-finding",
        priority=True,
    ),
    Binding("f10,alt+s", "score", "What would raise the score", show=False, id="workbench.score", priority=True),
    *(
        Binding(f"{number},alt+{number}", f"open('{pane}')", f"Open {pane}", show=False, id=f"workbench.open-{pane}")
        for number, pane in enumerate(PANES, start=1)
    ),
]
