"""The two forms of an import: the file, and how to take what it holds."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, RadioField, SelectChoice
from wtforms.validators import Optional

GOOD, ALL = "good", "all"
KEEP, UPDATE = "keep", "update"


class UploadForm(FlaskForm):
    """The file to be examined; the page names the field after its target."""

    file = FileField(
        _l("医师名单"),
        validators=[FileRequired(_l("请选择要上传的文件。"))],
        description=_l("XLSX、XLS 或 CSV 文件，不超过10MB、20000行。预检不会改动任何数据。"),
        render_kw={"accept": ".xlsx,.xls,.csv"},
    )


class ConfirmForm(FlaskForm):
    """How to import what the dry run found."""

    mode = RadioField(
        _l("导入方式"),
        choices=[
            SelectChoice(GOOD, _l("只导入正确的行")),
            SelectChoice(ALL, _l("全部正确才导入")),
        ],
    )
    existing = RadioField(
        _l("已存在的行"),
        choices=[
            SelectChoice(KEEP, _l("只新增，不改动已存在的内容")),
            SelectChoice(UPDATE, _l("按文件更新已存在的内容，空白单元格不改动")),
        ],
        default=KEEP,
        validators=[Optional()],
    )
    create_departments = BooleanField(_l("自动创建缺少的科室"), default=True)
