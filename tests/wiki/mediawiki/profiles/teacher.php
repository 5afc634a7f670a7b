<?php
$wgStepTestForms[] = 'teacher';
